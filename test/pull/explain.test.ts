import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { pullProject } from './project.ts';

const FILES = {
  'assistants/base.yaml': `kind: assistant
abstract: true
spec:
  model: m
  greeting: Hello from \${var.city}.
environments:
  live: { telephony_settings: { time_limit_secs: 900 } }
`,
  'assistants/desk.yaml': `kind: assistant
extends: assistant/base
spec:
  name: Desk
  instructions: { $file: desk.md }
  tools: [{ type: hangup, hangup: { description: Bye. } }]
environments:
  live: { description: Live. }
`,
  'assistants/desk.md': 'You work for ${var.brand}.\n',
};

describe('explain', () => {
  it('names file and line, overlay, base, text file and variable of every value', async () => {
    const project = await pullProject(FILES);
    const { code, body } = await project.json('explain', 'assistant/desk');
    expect(code).toBe(0);
    const values = Object.fromEntries(
      (body.values as JsonObject[]).map(({ pointer, origin }) => [String(pointer), origin as JsonObject]),
    );
    const desk = 'assistants/desk.yaml';
    const base = { source: 'base', base: 'assistant/base' };
    expect(values).toMatchObject({
      '/name': { source: 'spec', position: { file: desk, line: 4, column: 9 }, variables: [] },
      '/description': { source: 'overlay', overlay: 'live', position: { file: desk, line: 8 } },
      '/model': { ...base, position: { file: 'assistants/base.yaml', line: 4 } },
      '/greeting': {
        ...base,
        variables: [{ name: 'city', value: 'Chicago', position: { file: 'assistantctl.yaml', line: 6 } }],
      },
      '/telephony_settings/time_limit_secs': { ...base, overlay: 'live', position: { line: 7 } },
      '/instructions': { source: 'spec', text_file: 'assistants/desk.md', variables: [{ name: 'brand' }] },
      '/tools/0/hangup/description': { source: 'spec', position: { file: desk, line: 6 } },
    });
  });

  it('says that ignore_changes keeps a value from being compared and written', async () => {
    const project = await pullProject({
      ...FILES,
      'assistants/desk.yaml': `${FILES['assistants/desk.yaml']}lifecycle: { ignore_changes: [/instructions, /tools/hangup/hangup] }\n`,
    });
    const { body } = await project.json('explain', 'assistant/desk');
    const ignored = (body.values as JsonObject[]).filter((value) => value.ignored !== undefined);
    expect(ignored).toMatchObject([
      { pointer: '/instructions', ignored: '/instructions' },
      { pointer: '/tools/0/hangup/description', ignored: '/tools/hangup/hangup' },
    ]);
    const { out } = await project.cli('explain', 'assistant/desk', '/instructions');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('neither compared nor written');
  });

  it('explains one pointer, by index or by key, and knows defaults of the API', async () => {
    const project = await pullProject(FILES);
    const text = await project.cli('explain', 'assistant/desk', '/tools/hangup/hangup/description');
    expect(text.out).toContain('assistants/desk.yaml:6:50');
    const unwritten = await project.json('explain', 'assistant/desk', '/voice_settings/voice_speed');
    expect(unwritten.body.values).toEqual([
      { pointer: '/voice_settings/voice_speed', value: 1, origin: { source: 'api_default', variables: [] } },
    ]);
    expect(project.server.requests).toHaveLength(0);
  });

  it('shows the way through bases, overlays, levels of variables, parts, data files and entries, by environment', async () => {
    const project = await pullProject({
      'assistantctl.yaml': `project: acme
variables: { city: Chicago, line: "in \${var.city}" }
groups: { east: { variables: { city: Boston } } }
environments:
  live: { api_key_env: TELNYX_KEY, group: east }
  test: { target: emulator }
`,
      'assistants/base.yaml': `kind: assistant
abstract: true
spec:
  model: m1
  instructions: { $file: base.md }
  voice_settings: { $file: voice.yaml }
`,
      'assistants/base.md': 'Work for ${each.value.name} ${var.line}.\n',
      'assistants/voice.yaml': 'voice: a\n',
      'assistants/desk.yaml': `kind: assistant
for_each: { acme: { name: Acme } }
extends: assistant/base
spec: { name: D, model: m2, instructions: { $append: [{ $file: more.md }] } }
environments:
  "l*": { model: m3 }
  east: { model: m4 }
only: [live]
`,
      'assistants/more.md': 'Be brief.\n',
    });
    const { body } = await project.json('explain', 'assistant/desk-acme', '--env', 'live');
    const values = Object.fromEntries(
      (body.values as JsonObject[]).map(({ pointer, origin }) => [String(pointer), origin as JsonObject]),
    );
    expect(values['/model']).toMatchObject({
      source: 'overlay',
      overlay: 'east',
      overrides: [
        { source: 'base', base: 'assistant/base', value: 'm1' },
        { source: 'spec', value: 'm2' },
        { source: 'overlay', overlay: 'l*', value: 'm3' },
      ],
    });
    expect(values['/instructions']).toMatchObject({
      text_files: ['assistants/base.md', 'assistants/more.md'],
      entry: { key: 'acme', position: { file: 'assistants/desk.yaml', line: 2 } },
      variables: [
        { name: 'line', value: 'in Boston', level: 'project' },
        { name: 'city', value: 'Boston', level: 'group east', position: { line: 3 } },
      ],
    });
    expect(values['/voice_settings/voice']).toMatchObject({
      data_file: 'assistants/voice.yaml',
      position: { file: 'assistants/voice.yaml', line: 1, column: 8 },
    });
    const several = await project.json('explain', 'assistant/desk-acme', '/model', '--env', 'live,test');
    expect(several.body.environments).toMatchObject([
      { environment: 'live', exit: 0, values: [{ value: 'm4' }] },
      { environment: 'test', exit: 0, values: [] },
    ]);
  });

  it('answers what does not exist with exit 3', async () => {
    const project = await pullProject(FILES);
    for (const args of [
      ['nobody'],
      ['assistant/base'],
      ['assistant/nobody'],
      ['assistant/desk', '/nope'],
      ['assistant/desk', 'name'],
    ]) {
      expect((await project.cli('explain', ...args)).code, args.join(' ')).toBe(3);
    }
  });
});
