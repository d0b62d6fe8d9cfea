import { describe, expect, it } from 'vitest';
import { pullProject } from './project.ts';

const ONE = 'kind: assistant\nspec: { name: One, model: openai/gpt-4o, instructions: Hi }\n';
const PROJECT = (ignored: string) =>
  `project: acme\nenvironments: { live: { api_key_env: TELNYX_KEY } }\nignore_live: ${ignored}\n`;

describe('ignore_live', () => {
  it('names live resources that are neither counted as unmanaged nor adopted', async () => {
    const project = await pullProject({ 'assistantctl.yaml': PROJECT('[]'), 'assistants/one.yaml': ONE });
    for (const name of ['Playground 1', 'Playground 2', 'Old desk']) {
      await project.dashboard('POST', '/ai/assistants', { name, model: 'openai/gpt-4o', instructions: 'x' });
    }
    const all = await project.json('plan');
    expect(all.body).toMatchObject({ summary: { create: 1, unmanaged: 3 } });
    await project.write('assistantctl.yaml', PROJECT('["assistant/Playground *"]'));
    expect((await project.json('plan')).body).toMatchObject({ summary: { create: 1, unmanaged: 1 } });
    const pulled = await project.json('pull', '--adopt');
    expect(pulled.body).toMatchObject({ adopted: [{ name: 'Old desk' }] });
  });

  it('a document that claims the name of an ignored resource adopts it', async () => {
    const project = await pullProject({ 'assistantctl.yaml': PROJECT('["*"]'), 'assistants/one.yaml': ONE });
    await project.dashboard('POST', '/ai/assistants', {
      name: 'One',
      model: 'openai/gpt-4o',
      instructions: 'Hi',
    });
    expect((await project.json('plan')).body).toMatchObject({
      summary: { create: 0, adopt: 1, unmanaged: 0 },
    });
  });
});

describe('a document that lost its kind', () => {
  it('is an error once it was applied, and no deletion', async () => {
    const project = await pullProject({
      'assistantctl.yaml': PROJECT('[]'),
      'assistants/one.yaml': ONE,
      'assistants/two.yaml': ONE.replace('One', 'Two'),
    });
    await project.write('assistants/notes.yaml', 'a: 1\n');
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    await project.write('assistants/one.yaml', ONE.replace('kind: assistant\n', ''));
    const planned = await project.cli('plan', '--prune');
    expect(planned.code).toBe(3);
    expect(planned.err).toContain('assistants/one.yaml:1:1 error KIND_MISSING');
    expect(planned.err).toContain('write kind: assistant');
    const valid = await project.json('validate');
    expect(valid.code).toBe(3);
    expect(valid.body).toMatchObject({ summary: { error: 1, warning: 1 } });
    expect((await project.cli('apply', '--prune', '--yes')).code).toBe(3);
    expect((await project.cli('plan', '--offline')).code).toBe(3);
    await project.write('assistantctl.yaml', `${PROJECT('[]')}ignore: [assistants/one.yaml]\n`);
    expect((await project.json('plan')).body).toMatchObject({ summary: { orphan: 1 } });
  });
});
