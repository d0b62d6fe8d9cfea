import { expect, test } from 'vitest';
import type { Address } from '../../src/model/address.ts';
import type { DesiredResource } from '../../src/model/desired.ts';
import { bareResource, specProblems } from '../../src/specs/documents/check-document.ts';

const tool: Address = 'tool/hang-up';
const spec = {
  name: 'Desk',
  instructions: 'Be brief.',
  tools: [{ type: 'hangup', hangup: { description: 'Ends the call.' } }],
  tool_ids: [{ $ref: tool }],
};

test('one spec of thousands is checked beside the others without a look at each of them', () => {
  const others = new Map<Address, DesiredResource>([
    [tool, bareResource(tool, 'tool', { type: 'hangup', display_name: 'Hang up' })],
  ]);
  const refuse = (): never => {
    throw new Error('every other document was looked at');
  };
  Object.assign(others, { values: refuse, entries: refuse, forEach: refuse, [Symbol.iterator]: refuse });
  const problems = specProblems('assistant', spec, { unknownFields: 'error' }, others);
  // What a rule says of it because of another is found all the same.
  expect(problems).toEqual([{ pointer: '/tool_ids/0', missing: undefined }]);
});
