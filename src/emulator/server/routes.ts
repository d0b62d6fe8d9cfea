import type { Route } from '../contract/contract.ts';
import { ACCOUNT_ROUTES } from '../resources/account.ts';
import { ASSISTANT_ROUTES } from '../resources/assistants.ts';
import { ATTACHMENT_ROUTES } from '../resources/attachments.ts';
import { CANARY_ROUTES } from '../resources/canary.ts';
import { CONVERSATION_ROUTES } from '../resources/conversations.ts';
import { DELETION_ROUTES } from '../resources/deletions.ts';
import { INSIGHT_ROUTES } from '../resources/insights.ts';
import { INTEGRATION_ROUTES } from '../resources/integrations.ts';
import { MCP_ROUTES } from '../resources/mcp-servers.ts';
import { EVENT_ROUTES } from '../resources/scheduled-events.ts';
import { TAG_ROUTES } from '../resources/tags.ts';
import { RUN_ROUTES } from '../resources/test-runs.ts';
import { TEST_ROUTES } from '../resources/tests.ts';
import { TOOL_ROUTES } from '../resources/tools.ts';
import { VERSION_ROUTES } from '../resources/version-routes.ts';

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
