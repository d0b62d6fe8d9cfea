// Compiles only while our types have every field, however deep, of the request bodies in the official SDK. The
// SDK is regenerated from the API's own description, so a new field there stops the build here.
import type {
  AssistantCreateParams,
  AssistantUpdateParams,
} from 'telnyx/resources/ai/assistants/assistants.js';
import type { TestCreateParams } from 'telnyx/resources/ai/assistants/tests/tests.js';
import type { InsightGroupInsightGroupsParams } from 'telnyx/resources/ai/conversations/insight-groups/insight-groups.js';
import type { InsightCreateParams } from 'telnyx/resources/ai/conversations/insights.js';
import type { McpServerCreateParams } from 'telnyx/resources/ai/mcp-servers.js';
import type { ToolCreateParams } from 'telnyx/resources/ai/tools.js';
import { expect, test } from 'vitest';
import type {
  AssistantSpec,
  InsightGroupSpec,
  InsightSpec,
  McpServerSpec,
  TestSpec,
  ToolSpec,
} from '../../src/model/generated/types.ts';
import type { Missing } from './missing-fields.ts';

/** The paths that are missing, as an argument that has to be given; none when there are none. */
function covers<Theirs, Ours>(
  ...missing: [Missing<Theirs, Ours>] extends [never] ? [] : [Missing<Theirs, Ours>]
) {
  return missing.length === 0;
}

test('our types have every field of the request bodies of the official SDK', () => {
  expect(covers<AssistantCreateParams, AssistantSpec>()).toBe(true);
  expect(covers<AssistantUpdateParams, AssistantSpec>()).toBe(true);
  expect(covers<ToolCreateParams, ToolSpec>()).toBe(true);
  expect(covers<McpServerCreateParams, McpServerSpec>()).toBe(true);
  expect(covers<TestCreateParams, TestSpec>()).toBe(true);
  expect(covers<InsightCreateParams, InsightSpec>()).toBe(true);
  expect(covers<InsightGroupInsightGroupsParams, InsightGroupSpec>()).toBe(true);
});

test('a field that only the SDK has does not compile, at the top and deep inside', () => {
  type NewTop = AssistantCreateParams & { brand_new?: string };
  type NewDeep = { voice_settings?: { voice: string; background_audio?: { type: 'x'; loop?: boolean } } };
  type NewInTool = {
    tools?: Array<{ type: 'webhook'; webhook: { url: string; headers?: Array<{ masked?: boolean }> } }>;
  };
  // @ts-expect-error: brand_new is missing
  covers<NewTop, AssistantSpec>();
  // @ts-expect-error: voice_settings.background_audio.loop is missing
  covers<NewDeep, AssistantSpec>();
  // @ts-expect-error: tools.webhook.headers.masked is missing
  covers<NewInTool, AssistantSpec>();
  // @ts-expect-error: a field that the SDK really has would be missed
  covers<AssistantCreateParams, Omit<AssistantSpec, 'a2a_agents'>>();
  const paths: Missing<NewInTool, AssistantSpec> = 'tools.webhook.headers.masked';
  expect(paths).toBe('tools.webhook.headers.masked');
});
