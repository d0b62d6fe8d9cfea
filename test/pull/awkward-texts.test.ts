import { describe, expect, it } from 'vitest';
import { pullProject } from './project.ts';

const TEXTS = [
  'Say ${EDGE_URL} and ${var.city} and $${x} and ${ var.x }.',
  'one\ntwo\nthree\nfour\nfive\nsix ${client}\n',
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\nfour\nfive\nsix\n',
  'a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> topic\nd\n',
  'a\n\n\n\n\n\n\n\nother.md',
];

describe('pull --adopt of texts that files and documents give a meaning of their own', () => {
  it('writes documents that are valid and plan to nothing', async () => {
    const project = await pullProject();
    for (const [index, instructions] of TEXTS.entries()) {
      await project.dashboard('POST', '/ai/assistants', {
        name: `Desk ${index}`,
        model: 'openai/gpt-4o',
        instructions,
        greeting: instructions.split('\n')[0] ?? '',
        dynamic_variables: { zip: '02134', placeholder: '${HOST}' },
      });
    }
    expect((await project.json('pull', '--adopt')).body).toMatchObject({ plan: { changes: 0, drift: 0 } });
    const valid = await project.json('validate');
    expect(valid.body).toMatchObject({ summary: { error: 0 } });
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
    project.writes();
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    expect(project.writes()).toEqual([]);
  });
});

describe('pull --drift of what several places made', () => {
  const FILES = {
    'clients.yaml': 'acme: { business: Acme }\nbolt: { business: Bolt }\n',
    'assistants/desk.yaml': `kind: assistant
for_each: { $file: ../clients.yaml }
spec: { name: "\${each.value.business}", model: openai/gpt-4o, instructions: "Work for \${each.value.business}." }
`,
    'assistants/parts.yaml': `kind: assistant
spec:
  name: Parts
  model: openai/gpt-4o
  instructions: { $file: [a.md, b.md] }
  dynamic_variables: { $file: vars.json }
  tags: [one]
environments:
  live: { tags: { $append: [two] } }
`,
    'assistants/a.md': 'Be kind.\n',
    'assistants/b.md': 'Be brief.\n',
    'assistants/vars.json': '{ "tier": "gold" }\n',
  };

  it('is left to a person, with the reason, and nothing is written', async () => {
    const project = await pullProject(FILES);
    expect((await project.cli('apply', '--yes')).code).toBe(0);
    const before = await Promise.all(Object.keys(FILES).map((file) => project.read(file)));
    const list = await project.dashboard('GET', '/ai/assistants');
    const live = new Map(
      ((list?.data ?? []) as readonly { readonly id: string; readonly name: string }[]).map(
        ({ id, name }) => [name, id],
      ),
    );
    await project.dashboard('POST', `/ai/assistants/${live.get('Bolt')}`, { instructions: 'Work for Volt.' });
    await project.dashboard('POST', `/ai/assistants/${live.get('Parts')}`, {
      instructions: 'Be rude.\n',
      dynamic_variables: { tier: 'silver' },
      tags: ['one', 'two', 'three'],
    });
    const { body } = await project.json('pull', '--drift');
    const left = Object.fromEntries(
      (
        body.left as readonly { readonly address: string; readonly path: string; readonly reason: string }[]
      ).map(({ address, path, reason }) => [`${address}${path}`, reason]),
    );
    expect(left['assistant/desk-bolt/instructions']).toContain('the entry bolt in clients.yaml');
    expect(left['assistant/parts/instructions']).toContain('several files');
    expect(left['assistant/parts/dynamic_variables/tier']).toContain('assistants/vars.json');
    expect(Object.keys(left).filter((key) => key.startsWith('assistant/parts/tags'))).toHaveLength(1);
    expect(await Promise.all(Object.keys(FILES).map((file) => project.read(file)))).toEqual(before);
  });
});
