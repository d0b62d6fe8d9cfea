import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { EXPORTS } from '../convert/fixtures.ts';
import { type PullProject, pullProject } from './project.ts';

const LOCAL = `project: acme
default_environment: local
environments:
  local: { target: emulator }
`;

async function emptyProject(files: { readonly [file: string]: Json }): Promise<PullProject> {
  const texts = Object.entries(files).map(([file, content]) => [
    file,
    typeof content === 'string' ? content : JSON.stringify(content, null, 2),
  ]);
  return await pullProject({ 'assistantctl.yaml': LOCAL, ...Object.fromEntries(texts) });
}

describe('import --from', () => {
  it.each(Object.keys(EXPORTS))(
    '%s: what is written validates, applies to the embedded API and plans to nothing',
    async (platform) => {
      const project = await emptyProject({ 'export.json': EXPORTS[platform] ?? null });
      const { code, body } = await project.json('import', '--from', 'export.json');
      expect([code, body.diagnostics]).toEqual([0, []]);
      expect((body.sources as JsonObject[]).map((source) => source.platform)).toEqual([platform]);
      expect((body.summary as JsonObject).percent_carried).toBeGreaterThan(90);
      expect((await project.cli('validate')).code).toBe(0);
      const applied = await project.cli('apply');
      expect([applied.code, applied.err]).toEqual([0, expect.any(String)]);
      expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
      expect(project.writes()).toEqual([]);
    },
  );

  it('--out beside a specs folder that does not exist yet ends with 0, and the documents are checked', async () => {
    const project = await emptyProject({ 'export.json': EXPORTS.bland ?? null });
    const { code, body } = await project.json('import', '--from', 'export.json', '--out', 'moved');
    expect([code, body.diagnostics]).toEqual([0, []]);
    expect((body.resources as JsonObject[]).map(({ file }) => String(file))).not.toEqual([]);
    for (const { file } of body.resources as JsonObject[]) expect(String(file)).toMatch(/^moved\//);
  });

  it('IMPORT.md and JSON say the same: each value by file and line, and what to do', async () => {
    const project = await emptyProject({ 'in/export.json': EXPORTS.retell ?? null });
    const { body } = await project.json('import', '--from', 'in');
    const report = await project.read('IMPORT.md');
    const lines = (await project.read('in/export.json')).split('\n');
    for (const group of [...(body.near as JsonObject[]), ...(body.lost as JsonObject[])]) {
      expect(String(group.todo)).not.toBe('');
      for (const { file, line, path } of group.places as JsonObject[]) {
        expect(report).toContain(`\`${file}:${line}\``);
        const name =
          String(path)
            .split(/[.[\]]+/)
            .filter((part) => !/^\d*$/.test(part))
            .at(-1) ?? '';
        expect([path, lines[Number(line) - 1]]).toEqual([path, expect.stringMatching(/^\s+\d|^\s+[[{"]/)]);
        if (!/\]$/.test(String(path))) expect(lines[Number(line) - 1]).toContain(name);
      }
    }
    expect(report).toContain('`find_booking_authorization`');
    expect(report).toContain('`{{vip}}`');
    expect(report).not.toContain('abcdefghij0123456789\n');
  });

  it('the same input gives the same files; a second import writes nothing', async () => {
    const first = await emptyProject({ 'export.json': EXPORTS.vapi ?? null });
    const second = await emptyProject({ 'export.json': EXPORTS.vapi ?? null });
    for (const project of [first, second])
      expect((await project.cli('import', '--from', 'export.json')).code).toBe(0);
    expect(await first.files()).toEqual(await second.files());
    for (const file of await first.files())
      expect([file, await first.read(file)]).toEqual([file, await second.read(file)]);
    const again = await first.json('import', '--from', 'export.json');
    expect([again.code, again.body.written]).toEqual([0, []]);
  });

  it('touches nothing in a project that was edited, unless --overwrite says so', async () => {
    const project = await emptyProject({ 'export.json': EXPORTS.bland ?? null });
    await project.cli('import', '--from', 'export.json');
    const file = 'assistants/router.yaml';
    const edited = (await project.read(file)).replace('Be kind', 'Be very kind');
    await project.write(file, edited);
    await project.write('IMPORT.md', 'done');
    const refused = await project.json('import', '--from', 'export.json');
    expect([refused.code, refused.body.error]).toEqual([
      5,
      expect.objectContaining({ code: 'IMPORT_OVERWRITES' }),
    ]);
    expect(JSON.stringify(refused.body.error)).toContain(file);
    expect([await project.read(file), await project.read('IMPORT.md')]).toEqual([edited, 'done']);
    const forced = await project.json('import', '--from', 'export.json', '--overwrite');
    expect([forced.code, forced.body.written]).toEqual([0, ['IMPORT.md', file]]);
    expect(await project.read(file)).toContain('Be kind');
  });

  it('a document that was moved to another file is not written twice', async () => {
    const project = await emptyProject({ 'export.json': EXPORTS.elevenlabs ?? null });
    await project.cli('import', '--from', 'export.json');
    const text = await project.read('assistants/tools/book.yaml');
    await project.write('assistants/tools/book.yaml', '# moved\n');
    await project.write('assistants/mine.yaml', text);
    const refused = await project.json('import', '--from', 'export.json', '--overwrite');
    expect([refused.code, refused.body.error]).toEqual([
      5,
      expect.objectContaining({ code: 'IMPORT_KEY_TAKEN' }),
    ]);
  });

  it('files of several platforms at once, the report of another import beside the first', async () => {
    const project = await emptyProject({
      'a.json': EXPORTS.retell ?? null,
      'b.json': EXPORTS.elevenlabs ?? null,
      'c.json': EXPORTS.bland ?? null,
    });
    const { code, body } = await project.json('import', '--from', 'a.json', 'b.json');
    expect([code, (body.sources as JsonObject[]).map(({ platform }) => platform)]).toEqual([
      0,
      ['retell', 'elevenlabs'],
    ]);
    const more = await project.json('import', '--from', 'c.json');
    expect([more.code, more.body.report]).toEqual([0, 'IMPORT-2.md']);
    expect((await project.cli('apply')).code).toBe(0);
    expect((await project.cli('plan', '--detailed-exitcode')).code).toBe(0);
  });

  it('--out: a folder inside the project, another project, or a folder of its own', async () => {
    const project = await emptyProject({ 'export.json': EXPORTS.bland ?? null });
    expect((await project.json('import', '--from', 'export.json', '--out', 'assistants/bland')).code).toBe(0);
    expect(await project.files()).toContain('assistants/bland/router.yaml');
    expect((await project.cli('validate')).code).toBe(0);
    // Sidecar the project, under a name of this run: what an earlier run left is not replaced.
    const elsewhere = `${project.folder}-elsewhere`;
    const alone = await project.json('import', '--from', 'export.json', '--out', elsewhere);
    expect(alone.code).toBe(0);
    const written = await readFile(join(elsewhere, 'router.yaml'), 'utf8');
    expect(written).toContain('kind: assistant');
  });

  it.each([
    [
      'cut off',
      { 'export.json': '{"agent_name": "Ada", ' },
      ['--from', 'export.json'],
      3,
      'IMPORT_UNREADABLE',
    ],
    ['nothing known', { 'export.json': '{"hello": 1}' }, ['--from', 'export.json'], 3, 'IMPORT_NOTHING'],
    ['not there', {}, ['--from', 'export.json'], 3, 'FILE_READ'],
    ['an empty folder', { 'in/readme.md': '# Hi\n' }, ['--from', 'in'], 3, 'IMPORT_NOTHING'],
    [
      'another platform',
      { 'export.json': JSON.stringify(EXPORTS.bland) },
      ['--from', 'export.json', '--platform', 'vapi'],
      3,
      'IMPORT_NOTHING',
    ],
    ['both sources', {}, ['--from', 'x', '--provider', 'vapi', '--api-key-ref', 'k'], 3, 'IMPORT_SOURCE'],
    ['no source', {}, [], 3, 'IMPORT_SOURCE'],
    [
      'options of the other source',
      {},
      ['--provider', 'vapi', '--api-key-ref', 'k', '--out', 'x'],
      3,
      'IMPORT_SOURCE',
    ],
  ] as const)('refuses with a place and a hint: %s', async (_name, files, argv, exit, code) => {
    const project = await emptyProject(files);
    const before = await project.files();
    const { code: got, body } = await project.json('import', ...argv);
    expect([got, body.error]).toEqual([exit, expect.objectContaining({ code })]);
    expect(await project.files()).toEqual(before);
  });

  it('a broken file in a folder is told, the others are imported', async () => {
    const project = await emptyProject({
      'in/a.json': EXPORTS.bland ?? null,
      'in/b.json': '{"broken": ',
      'in/package.json': '{}',
    });
    const { code, body } = await project.json('import', '--from', 'in');
    expect(code).toBe(0);
    expect(body.diagnostics).toMatchObject([
      { code: 'IMPORT_UNREADABLE', position: { file: 'in/b.json', line: 1 } },
    ]);
  });
});
