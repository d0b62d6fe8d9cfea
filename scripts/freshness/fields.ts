// Compiles only while no request body of the installed SDK has a field that the schemas lack; the compiler's message
// names the fields that are missing. scripts/freshness.mjs reads it.
import type {
  AssistantCreateParams,
  AssistantUpdateParams,
} from 'telnyx/resources/ai/assistants/assistants.js';
import type { TestCreateParams } from 'telnyx/resources/ai/assistants/tests/tests.js';
import type { InsightGroupInsightGroupsParams } from 'telnyx/resources/ai/conversations/insight-groups/insight-groups.js';
import type { InsightCreateParams } from 'telnyx/resources/ai/conversations/insights.js';
import type { McpServerCreateParams } from 'telnyx/resources/ai/mcp-servers.js';
import type { ToolCreateParams } from 'telnyx/resources/ai/tools.js';
import type {
  AssistantSpec,
  InsightGroupSpec,
  InsightSpec,
  McpServerSpec,
  TestSpec,
  ToolSpec,
} from '../../src/model/generated/types.ts';
import type { Missing } from '../../test/schemas/missing-fields.ts';

type Bodies = {
  'assistant (create)': Missing<AssistantCreateParams, AssistantSpec>;
  'assistant (update)': Missing<AssistantUpdateParams, AssistantSpec>;
  tool: Missing<ToolCreateParams, ToolSpec>;
  mcp_server: Missing<McpServerCreateParams, McpServerSpec>;
  test: Missing<TestCreateParams, TestSpec>;
  insight: Missing<InsightCreateParams, InsightSpec>;
  insight_group: Missing<InsightGroupInsightGroupsParams, InsightGroupSpec>;
};

/** One line for each field, as `body: path.of.field`. */
type Lines = { [Body in keyof Bodies]: `${Body}: ${Bodies[Body]}` }[keyof Bodies];

// Nothing is missing exactly when no line is possible.
export const missing: [Lines] extends [never] ? 'nothing' : Lines = 'nothing';
