import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { brief, diagnose, type Files, load, marked, PROJECT } from './support.ts';

async function specOf(
  files: Files,
  address = 'assistant/a',
  environment?: string,
): Promise<Json | undefined> {
  const { resources, diagnostics } = await load(files, environment);
  expect(diagnostics.map(brief)).toEqual([]);
  return resources.get(address as 'assistant/a')?.spec;
}

const HEAD = 'kind: assistant\nspec:\n  name: A\n';

describe('$file', () => {
  it.each([
    ['a list of paths', '{ $file: [a.md, parts/b.md] }'],
    ['a list of files', '[{ $file: a.md }, { $file: parts/b.md }]'],
    ['texts and files', '[Be kind., { $file: parts/b.md }]'],
  ])('joins parts in their order: %s', async (_what, written) => {
    const files = {
      'assistants/a.yaml': `${HEAD}  instructions: ${written}\n`,
      'assistants/a.md': 'Be kind.',
      'assistants/parts/b.md': 'You work for ${var.brand}.\n',
    };
    expect(await specOf(files)).toMatchObject({ instructions: 'Be kind.\nYou work for Northwind.\n' });
  });

  it('a problem in one of several parts is told in its own file', async () => {
    const files = {
      'assistants/a.yaml': `${HEAD}  instructions: { $file: [a.md, b.md] }\n`,
      'assistants/a.md': 'Be kind.\n',
      'assistants/b.md': 'Ask for\n  ${var.nope} and {{nobody}}.\n',
    };
    expect((await diagnose(files)).map(brief)).toEqual([
      'assistants/b.md:2:3 error VARIABLE_UNKNOWN',
      'assistants/b.md:2:19 warning DYNAMIC_VARIABLE_UNKNOWN',
    ]);
  });

  it('reads a JSON or YAML file where an object or a list is wanted, and overlays reach into it', async () => {
    const files = {
      'assistants/a.yaml': `${HEAD}  instructions: Hi
  dynamic_variables: { $file: data/vars.json }
  tools:
    - type: webhook
      webhook:
        name: look
        description: Look it up.
        url: https://example.com
        body_parameters: { $file: data/schema.yaml }
  tags: { $file: data/tags.yaml }
environments:
  local: { dynamic_variables: { tier: silver }, tags: { $append: [local] } }
`,
      'assistants/data/vars.json': '{"tier":"gold","brand":"${var.brand}","n":1}',
      'assistants/data/schema.yaml': 'type: object\nproperties: { zip: { type: string, $ref: "#/x" } }\n',
      'assistants/data/tags.yaml': '[one, two]\n',
    };
    expect(await specOf(files)).toMatchObject({
      dynamic_variables: { tier: 'silver', brand: 'Northwind', n: 1 },
      tools: [{ webhook: { body_parameters: { properties: { zip: { $ref: '#/x' } } } } }],
      tags: ['one', 'two', 'local'],
    });
  });

  it('an included file may include texts, relative to itself, and is no document', async () => {
    const files = {
      'assistants/a.yaml': `${HEAD}  instructions: Hi\n  tools: { $file: shared/tools.yaml }\n`,
      'assistants/shared/tools.yaml': '- type: hangup\n  hangup: { description: { $file: texts/bye.md } }\n',
      'assistants/shared/texts/bye.md': 'Say goodbye.\n',
    };
    expect(await specOf(files)).toMatchObject({ tools: [{ hangup: { description: 'Say goodbye.\n' } }] });
  });

  it('problems inside an included file are told there', async () => {
    const files = {
      'assistants/a.yaml': `${HEAD}  instructions: Hi\n  voice_settings: { $file: voice.yaml }\n  dynamic_variables: { $file: vars.yaml }\n`,
      'assistants/voice.yaml': 'voice: a\nvoice_sped: 1\n',
      'assistants/vars.yaml': 'name: x\nzip: 02134\n',
    };
    expect((await diagnose(files)).map(brief)).toEqual([
      'assistants/vars.yaml:2:6 error YAML_NUMBER',
      'assistants/voice.yaml:2:1 error FIELD_UNKNOWN',
    ]);
  });

  it.each([
    ['a text where a mapping is wanted', 'dynamic_variables: { $file: a.md }', 'a.yaml:5:22 error FILE_FORM'],
    [
      'parts where a mapping is wanted',
      'dynamic_variables: { $file: [x.yaml, x.yaml] }',
      'a.yaml:5:22 error FILE_FORM',
    ],
    ['a missing file', 'dynamic_variables: { $file: nope.yaml }', 'a.yaml:5:22 error FILE_MISSING'],
    ['a file that includes itself', 'tools: { $file: self.yaml }', 'self.yaml:1:3 error FILE_CYCLE'],
    ['a file that is no YAML', 'tools: { $file: broken.yaml }', 'broken.yaml:2:1 error YAML_SYNTAX'],
    ['$append without a list', 'tags: { $append: a }', 'a.yaml:5:9 error APPEND_FORM'],
    ['$append to what is no list', 'voice_settings: { $append: [a] }', 'a.yaml:5:19 error TYPE_WRONG'],
  ])('%s is an error', async (_what, line, expected) => {
    const found = await diagnose({
      'assistants/a.yaml': `${HEAD}  instructions: Hi\n  ${line}\n`,
      'assistants/a.md': 'Hi\n',
      'assistants/x.yaml': 'a: b\n',
      'assistants/self.yaml': '- { $file: self.yaml }\n',
      'assistants/broken.yaml': 'a: [\n',
    });
    expect(found.map(brief).map((each) => each.replace('assistants/', ''))).toContain(expected);
  });
});

describe('$append', () => {
  const files = {
    'assistants/base.yaml': `kind: assistant
abstract: true
spec:
  instructions: { $file: base.md }
  tags: [base]
  tools: [{ type: hangup, hangup: {} }]
`,
    'assistants/base.md': 'Be kind.\n',
    'assistants/deep/a.yaml': `kind: assistant
extends: assistant/base
spec:
  name: A
  instructions: { $append: [{ $file: more.md }] }
  tags: { $append: [own] }
  tools:
    $append:
      - type: transfer
        transfer: { from: "+13125550100", targets: [{ name: B, to: "+13125550101" }] }
environments:
  local: { tags: { $append: [local] }, instructions: { $append: [Locally.] } }
`,
    'assistants/deep/more.md': 'Be brief.\n',
  };

  it('adds to the list of the base, layer by layer, and each item keeps its file', async () => {
    expect(await specOf(files)).toMatchObject({
      instructions: 'Be kind.\nBe brief.\nLocally.',
      tags: ['base', 'own', 'local'],
      tools: [{ type: 'hangup' }, { type: 'transfer' }],
    });
    expect(await specOf(files, 'assistant/a', 'production')).toMatchObject({ tags: ['base', 'own'] });
  });

  it('a problem in an appended item is told where it was written', async () => {
    const [document = ''] = [
      files['assistants/deep/a.yaml'].replace('to: "+13125550101"', 'to: "${vars.b}"'),
    ];
    const found = await diagnose({ ...files, 'assistants/deep/a.yaml': document });
    expect(found.map(brief)).toEqual(['assistants/deep/a.yaml:10:69 error PLACEHOLDER_STAYS']);
  });
});

describe('defaults.yaml', () => {
  it('gives only and lifecycle to the documents below its folder, the nearest first', async () => {
    const document = 'kind: assistant\nspec: { name: N, instructions: Hi }\n';
    const files = {
      'assistants/defaults.yaml':
        'only: [local]\nlifecycle: { prevent_destroy: true, ignore_changes: [/greeting] }\n',
      'assistants/acme/defaults.yaml': 'only: [production]\n',
      'assistants/acme/one.yaml': document.replace('N,', 'One,'),
      'assistants/two.yaml': `${document.replace('N,', 'Two,')}only: [production]\nlifecycle: { prevent_destroy: false }\n`,
      'assistants/three.yaml': document.replace('N,', 'Three,'),
    };
    const production = await load(files, 'production');
    expect(production.diagnostics.map(brief)).toEqual([]);
    expect([...production.resources.keys()].sort()).toEqual(['assistant/one', 'assistant/two']);
    expect(production.resources.get('assistant/two')?.lifecycle).toMatchObject({
      preventDestroy: false,
      ignoreChanges: ['/greeting'],
    });
    const local = await load(files, 'local');
    expect([...local.resources.keys()]).toEqual(['assistant/three']);
    expect(local.resources.get('assistant/three')?.lifecycle.preventDestroy).toBe(true);
  });

  it('what else it holds is an error at its place', async () => {
    const { text, places } = marked(
      'only: [§nowhere]\n§spec: {}\nlifecycle: { §moved_from: b, §prevent_destory: true }\n',
    );
    const found = await diagnose({ 'assistants/defaults.yaml': text });
    expect(found.map((each) => brief(each).replace('assistants/defaults.yaml:', ''))).toEqual([
      `${places[0]} error ENVIRONMENT_UNKNOWN`,
      `${places[1]} error DEFAULTS_FORM`,
      `${places[2]} error DEFAULTS_FORM`,
      `${places[3]} error FIELD_UNKNOWN`,
    ]);
  });

  it('an empty only is told of, because nothing would exist', async () => {
    const found = await diagnose({ 'assistants/a.yaml': `only: []\n${HEAD}  instructions: Hi\n` });
    expect(found.map(({ code }) => code)).toContain('ONLY_EMPTY');
  });
});

describe('files that are no documents', () => {
  const one = 'kind: assistant\nspec: { name: One, instructions: Hi }\n';

  it('specs may be the project itself', async () => {
    const project = 'project: p\nspecs: .\nenvironments: { local: { target: emulator } }\n';
    expect(await diagnose({ 'assistantctl.yaml': project, 'voice/one.yaml': one })).toEqual([]);
  });

  it('YAML without a kind is a warning unless ignore names it', async () => {
    const project = (ignore: string) =>
      `project: p\nspecs: .\nenvironments: { local: { target: emulator } }\nignore: ${ignore}\n`;
    const files = {
      'one.yaml': one,
      'compose.yaml': 'services: {}\n',
      'ci/deep/jobs.yml': '- a\n- b\n',
      'deploy/pod.yaml': 'apiVersion: v1\nkind: Pod\n',
    };
    const found = await diagnose({ ...files, 'assistantctl.yaml': project('[]') });
    expect(found.map(brief)).toEqual([
      'ci/deep/jobs.yml:1:1 warning KIND_MISSING',
      'compose.yaml:1:1 warning KIND_MISSING',
      'deploy/pod.yaml:1:1 warning KIND_MISSING',
    ]);
    const inside = PROJECT.replace('project: northwind', 'project: northwind\nignore: [notes/*.yaml]');
    expect(
      await diagnose({
        'assistantctl.yaml': inside,
        'assistants/notes/a.yaml': 'a: 1\n',
        'assistants/one.yaml': one,
      }),
    ).toEqual([]);
    const quiet = project('[ci, "*.yaml", "deploy/**/*.yaml"]');
    expect(await diagnose({ ...files, 'assistantctl.yaml': quiet, 'voice/one.yaml': one })).toEqual([]);
  });
});

it('a file with the extension in capitals is told of, because it is not read', async () => {
  const found = await diagnose({ 'assistants/b.YAML': 'kind: assistant\n' });
  expect(found.map(brief)).toContain('assistants/b.YAML:1:1 warning FILE_EXTENSION');
});
