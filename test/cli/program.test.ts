import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/program.ts';
import { fakeRuntime } from './runtime.ts';

async function cli(...argv: readonly string[]) {
  const runtime = fakeRuntime();
  const code = await run(argv, runtime);
  return { code, out: runtime.out(), err: runtime.err() };
}

describe('the command line', () => {
  it('prints help on stdout and nothing on stderr', async () => {
    const { code, out, err } = await cli('--help');
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const { usage } of COMMANDS) expect(out).toContain(usage.split(' ')[0]);
  });

  it('shows the help when nothing was asked', async () => {
    const { code, out } = await cli();
    expect(code).toBe(0);
    expect(out).toContain('Usage: assistantctl');
  });

  it.each(COMMANDS.map(({ usage }) => usage.split(' ')[0] ?? ''))('explains %s', async (name) => {
    const { code, out, err } = await cli(name, '--help');
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toContain(`Usage: assistantctl ${name}`);
    expect(out).toContain('--project <dir>');
  });

  it('answers a typing error in a command with exit 3 and a suggestion', async () => {
    const { code, out, err } = await cli('plna');
    expect(code).toBe(3);
    expect(out).toBe('');
    expect(err).toContain("unknown command 'plna'");
    expect(err).toContain('did you mean assistantctl plan?');
  });

  it('answers a typing error in an option with exit 3 and a suggestion', async () => {
    const { code, err } = await cli('apply', '--aprove', 'production');
    expect(code).toBe(3);
    expect(err).toContain('--approve');
  });

  it.each([
    [['plan', '--format', 'xml']],
    [['plan', '--take', 'theirs']],
    [['plan', '--target', 'agent/front-desk']],
    [['plan', '--out']],
    [['state', 'mv', 'assistant/a']],
    [['state', 'lsit']],
    [['schema']],
    [['apply', 'a.json', 'b.json']],
  ])('refuses %j with exit 3', async (argv) => {
    const { code, out, err } = await cli(...argv);
    expect(code).toBe(3);
    expect(out).toBe('');
    expect(err).toMatch(/^error USAGE_/);
  });

  it.each([
    [['plan', '--nope', '--format', 'json']],
    [['--format=json', 'plan']],
    [['plan', '--format=json', '--project', '/nowhere/at/all']],
  ])('gives one JSON document for the failure of %j', async (argv) => {
    const { code, out } = await cli(...argv);
    expect(code).toBe(3);
    const { error } = JSON.parse(out);
    expect(error).toMatchObject({ kind: 'usage', code: expect.any(String), message: expect.any(String) });
    expect(error.details).toBeTypeOf('object');
  });

  it.each([[['--env', 'local']], [['state']], [['state', '--no-color']]])(
    'asks for the command that %j lacks',
    async (argv) => {
      const { code, out, err } = await cli(...argv);
      expect(code).toBe(3);
      expect(out).toBe('');
      expect(err).toContain('a command is missing');
    },
  );

  it.each([
    ['plan --nope', "unknown option '--nope'", 'assistantctl plan --help'],
    ['state mv', "missing required argument 'from'", 'assistantctl state mv --help'],
    ['state nosuch', "unknown command 'nosuch'", 'assistantctl state --help'],
    ['help nosuch', "unknown command 'nosuch'", 'assistantctl --help'],
    ['test', 'a command is missing', 'assistantctl test --help'],
  ])('names the help to read after: %s', async (line, message, hint) => {
    const { code, out, err } = await cli(...line.split(' '));
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(message);
    expect(err).toContain(`hint: ${hint} lists`);
  });

  it('prints the version after other options too', async () => {
    expect(await cli('--no-color', '--version')).toEqual({ code: 0, out: '0.1.0\n', err: '' });
  });

  it('takes the options of every command before and after its name', async () => {
    const before = await cli('--project', '/nowhere/before', 'plan');
    const after = await cli('plan', '--project', '/nowhere/after');
    const both = await cli('--project', '/nowhere/before', 'state', 'list', '--project', '/nowhere/after');
    expect(before.err).toContain('/nowhere/before');
    expect(after.err).toContain('/nowhere/after');
    expect(both.err).toContain('/nowhere/after');
  });
});
