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

/** Not fields of a configuration: a header, what apply decides itself, and what only replies carry. */
type NotOurs = 'Idempotency-Key' | 'promote_to_main' | 'version_name' | 'shared';

type Scalar = string | number | boolean | null | undefined;
type NamedKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] } & string;
type Elements<T> = T extends readonly (infer E)[] ? E : T;
type Objects<T> = Exclude<Elements<NonNullable<T>>, Scalar>;
type KeysOf<T> = T extends unknown ? NamedKeys<T> : never;
type ValueOf<T, K extends string> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;
type Steps = [never, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Dotted paths of fields that Theirs has and Ours lacks; alternatives of a union are looked at together. */
type Missing<Theirs, Ours, Depth extends number = 9> = [Depth] extends [never]
  ? never
  : {
      [K in Exclude<KeysOf<Objects<Theirs>>, NotOurs>]: K extends KeysOf<Objects<Ours>>
        ? unknown extends ValueOf<Objects<Theirs>, K>
          ? never
          : Prefixed<K, Missing<ValueOf<Objects<Theirs>, K>, ValueOf<Objects<Ours>, K>, Steps[Depth]>>
        : K;
    }[Exclude<KeysOf<Objects<Theirs>>, NotOurs>];
type Prefixed<K extends string, Rest> = Rest extends string ? `${K}.${Rest}` : never;

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
