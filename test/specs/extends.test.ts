import { describe, expect, it } from 'vitest';
import { brief, diagnose, load } from './support.ts';

const BASE = `kind: assistant
abstract: true
spec:
  model: openai/gpt-4o
  instructions: { $file: prompts/house.md }
  greeting: Thanks for calling \${var.brand}.
  tags: [house, voice]
  telephony_settings: { time_limit_secs: 600, noise_suppression: krisp }
environments:
  production: { telephony_settings: { time_limit_secs: 900 } }
`;

const DERIVED = `kind: assistant
extends: assistant/base
spec:
  name: Front desk
  tags: [desk]
  telephony_settings: { noise_suppression: null }
`;

const FILES = {
  'assistants/shared/base.yaml': BASE,
  'assistants/shared/prompts/house.md': 'House rules.\n',
  'assistants/desk.yaml': DERIVED,
};

describe('extends', () => {
  it('lays the spec as a merge patch onto the resolved spec of the base', async () => {
    const local = await load(FILES, 'local');
    expect(local.diagnostics).toEqual([]);
    expect([...local.resources.keys()]).toEqual(['assistant/desk']);
    expect(local.resources.get('assistant/desk')?.spec).toEqual({
      name: 'Front desk',
      model: 'openai/gpt-4o',
      instructions: 'House rules.\n',
      greeting: 'Thanks for calling Northwind.',
      tags: ['desk'],
      telephony_settings: { time_limit_secs: 600 },
    });
    const production = await load(FILES, 'production');
    expect(production.resources.get('assistant/desk')?.spec).toMatchObject({
      greeting: 'Thanks for calling Northwind Ltd.',
      telephony_settings: { time_limit_secs: 900 },
    });
  });

  it('finds $file next to the document that wrote it, and values where they were written', async () => {
    const state = await load(FILES, 'production');
    expect(state.locate('assistant/desk', '/instructions')).toMatchObject({
      file: 'assistants/shared/base.yaml',
      line: 5,
    });
    expect(state.locate('assistant/desk', '/telephony_settings/time_limit_secs')).toMatchObject({
      file: 'assistants/shared/base.yaml',
      line: 10,
    });
    expect(state.locate('assistant/desk', '/name')).toMatchObject({ file: 'assistants/desk.yaml', line: 4 });
  });

  it('follows bases of bases and takes a resource for a base too', async () => {
    const state = await load({
      'assistants/a.yaml': 'kind: assistant\nspec: { name: A, instructions: One., greeting: Hi. }\n',
      'assistants/b.yaml': 'kind: assistant\nextends: assistant/a\nspec: { name: B }\n',
      'assistants/c.yaml': 'kind: assistant\nextends: assistant/b\nspec: { name: C, greeting: null }\n',
    });
    expect(state.diagnostics).toEqual([]);
    expect(state.resources.size).toBe(3);
    expect(state.resources.get('assistant/c')?.spec).toEqual({ name: 'C', instructions: 'One.' });
  });

  it('tells what is wrong with a base, where it was written', async () => {
    const found = await diagnose({
      'assistants/a.yaml': 'kind: assistant\nextends: assistant/b\nspec: { name: A }\n',
      'assistants/b.yaml': 'kind: assistant\nextends: assistant/a\nspec: { name: B }\n',
      'assistants/c.yaml': 'kind: assistant\nextends: assistant/nobody\nspec: { name: C }\n',
      'assistants/d.yaml': 'kind: assistant\nextends: tool/x\nspec: { name: D }\n',
      'assistants/e.yaml': 'kind: assistant\nextends: assistant/c\nspec: { name: E }\n',
    });
    expect(found.map(brief)).toEqual([
      'assistants/a.yaml:2:10 error EXTENDS_CYCLE',
      'assistants/b.yaml:2:10 error EXTENDS_CYCLE',
      'assistants/c.yaml:2:10 error EXTENDS_DANGLING',
      'assistants/d.yaml:2:10 error EXTENDS_KIND',
    ]);
    expect(found[0]?.message).toContain('assistant/a → assistant/b → assistant/a');
  });

  it('wants of the merged result what it wants of any spec', async () => {
    const found = await diagnose({
      'assistants/base.yaml': 'kind: assistant\nabstract: true\nspec: { greeting: m, greting: Hi }\n',
      'assistants/desk.yaml': 'kind: assistant\nextends: assistant/base\nspec: { name: Desk }\n',
    });
    expect(found.map(brief)).toEqual([
      'assistants/base.yaml:3:22 error FIELD_UNKNOWN',
      'assistants/desk.yaml:3:7 error FIELD_MISSING',
    ]);
  });

  it('lets nobody refer to an abstract document', async () => {
    const found = await diagnose({
      ...FILES,
      'assistants/t.yaml': `kind: test
spec:
  name: T
  destination: { $ref: assistant/base }
  instructions: Say hello.
  rubric: [{ name: a, criteria: b }]
`,
    });
    expect(found.map(brief)).toEqual(['assistants/t.yaml:4:16 error REF_DANGLING']);
    expect(found[0]?.message).toContain('abstract');
  });
});
