import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameWithReferences, withReferences } from '../../src/canonical/walk.ts';
import { SHAPES } from '../../src/model/generated/shapes.ts';
import { type Json, type JsonObject, jsonEqual } from '../../src/model/json.ts';

const refs = new Map([
  ['tool-1', 'tool/lookup'],
  ['tool-2', 'tool/cancel'],
  ['assistant-1', 'assistant/desk'],
]);

/** Values as an assistant may have them, and as nobody should write them: ids, references, lists and records anywhere. */
const { config } = fc.letrec<{ value: Json; config: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>('tool-1', 'tool-2', 'tool-3', 'assistant-1', '', null, true, 7),
    fc.constantFrom<Json>({ $ref: 'tool/lookup' }, { $ref: 'tool/cancel' }, { $ref: 'assistant/desk' }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('config'),
  ),
  config: fc.dictionary(
    fc.constantFrom(
      ...[
        'tool_ids',
        'tools',
        'type',
        'handoff',
        'ai_assistants',
        'id',
        'name',
        'conversation_flow',
        'nodes',
      ],
      ...['shared_tool_id', 'shared_tool_ids', 'insight_settings', 'insight_group_id', 'dynamic_variables'],
    ),
    tie('value'),
    { maxKeys: 4 },
  ),
}));

test('two values are the same with references when they are once ids are replaced, and only then', () => {
  let same = 0;
  fc.assert(
    fc.property(config, config, fc.boolean(), (a, other, twin) => {
      // Of two random values hardly any are the same: half of the pairs are a value and its own other spelling.
      const b = twin ? withReferences(SHAPES.assistant, a, refs) : other;
      const [left, right] = [a, b].map((value) => withReferences(SHAPES.assistant, value, refs));
      const wanted = jsonEqual(left, right);
      if (wanted) same += 1;
      expect(sameWithReferences(SHAPES.assistant, a, b, refs)).toBe(wanted);
    }),
    { numRuns: 3000 },
  );
  expect(same).toBeGreaterThan(1000);
});

test('an id in free JSON is no reference', () => {
  const written = { dynamic_variables: { tool: { $ref: 'tool/lookup' } } };
  const stored = { dynamic_variables: { tool: 'tool-1' } };
  expect(sameWithReferences(SHAPES.assistant, stored, written, refs)).toBe(false);
});
