import { ACCOUNT_ROUTES } from './account.ts';
import { ASSISTANT_ROUTES } from './assistants.ts';
import { ATTACHMENT_ROUTES } from './attachments.ts';
import { CANARY_ROUTES } from './canary.ts';
import type { Route } from './contract.ts';
import { CONVERSATION_ROUTES } from './conversations.ts';
import { DELETION_ROUTES } from './deletions.ts';
import { INSIGHT_ROUTES } from './insights.ts';
import { INTEGRATION_ROUTES } from './integrations.ts';
import { MCP_ROUTES } from './mcp-servers.ts';
import { EVENT_ROUTES } from './scheduled-events.ts';
import { TAG_ROUTES } from './tags.ts';
import { RUN_ROUTES } from './test-runs.ts';
import { TEST_ROUTES } from './tests.ts';
import { TOOL_ROUTES } from './tools.ts';
import { VERSION_ROUTES } from './version-routes.ts';

/** Everything that the embedded API answers. The order does not matter: literal segments win over parameters. */
export const ROUTES: readonly Route[] = [
  ...ASSISTANT_ROUTES,
  ...DELETION_ROUTES,
  ...VERSION_ROUTES,
  ...CANARY_ROUTES,
  ...ATTACHMENT_ROUTES,
  ...TAG_ROUTES,
  ...TEST_ROUTES,
  ...RUN_ROUTES,
  ...EVENT_ROUTES,
  ...TOOL_ROUTES,
  ...MCP_ROUTES,
  ...INTEGRATION_ROUTES,
  ...INSIGHT_ROUTES,
  ...CONVERSATION_ROUTES,
  ...ACCOUNT_ROUTES,
];
