import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { type FakeOptions, fakeRuntime } from './runtime.ts';

let cwd = '';

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'assistantctl-cli-'));
  await mkdir(join(cwd, 'assistants'));
  await writeFile(
    join(cwd, 'assistantctl.yaml'),
    'project: p\ndefault_environment: local\nenvironments: { local: { target: emulator } }\n',
  );
  await writeFile(
    join(cwd, 'assistants', 'a.yaml'),
    'kind: assistant\nspec: { name: A, model: m, instructions: Hi. }\n',
  );
});

afterEach(() => rm(cwd, { recursive: true, force: true }));

/** Somebody at a terminal who gives this answer. */
async function atTerminal(answer: string, argv: readonly string[], options: FakeOptions = {}) {
  const questions: string[] = [];
  const ask = async (question: string): Promise<string> => {
    questions.push(question);
    return answer;
  };
  const runtime = { ...fakeRuntime({ cwd, isTTY: true, ask, ...options }), uuid: randomUUID };
  const code = await run(argv, runtime);
  return { code, questions, out: runtime.out(), err: runtime.err() };
}

describe('apply at a terminal', () => {
  it('shows the plan, asks, and applies after yes', async () => {
    const { code, questions, out, err } = await atTerminal('yes', ['apply']);
    expect(code).toBe(0);
    expect(questions).toHaveLength(1);
    expect(questions[0]).toContain('local');
    expect(err).toContain('assistant/a');
    expect(out).toContain('Applied: 1 created');
  });

  it.each(['no', '', 'y'])('applies nothing after %j', async (answer) => {
    const { code, out, err } = await atTerminal(answer, ['apply']);
    expect(code).toBe(5);
    expect(out).toBe('');
    expect(err).toContain('DECLINED');
    expect((await atTerminal('yes', ['plan', '--detailed-exitcode'])).code).toBe(2);
  });

  it('does not ask when there is nothing to do, with --yes, for a saved plan, for JSON, or in CI', async () => {
    expect((await atTerminal('no', ['plan', '--out', 'plan.json'])).code).toBe(0);
    expect(await atTerminal('no', ['apply', 'plan.json'])).toMatchObject({ code: 0, questions: [] });
    expect(await atTerminal('no', ['apply'])).toMatchObject({ code: 0, questions: [] });
    const edit = (text: string) =>
      writeFile(
        join(cwd, 'assistants', 'a.yaml'),
        `kind: assistant\nspec: { name: A, model: m, instructions: ${text} }\n`,
      );
    await edit('One.');
    expect(await atTerminal('no', ['apply', '--yes'])).toMatchObject({ code: 0, questions: [] });
    await edit('Two.');
    expect(await atTerminal('no', ['apply', '--format', 'json'])).toMatchObject({ code: 0, questions: [] });
    await edit('Three.');
    expect(await atTerminal('no', ['apply'], { env: { CI: 'true' } })).toMatchObject({
      code: 0,
      questions: [],
    });
  });
});

describe('an unforeseen error', () => {
  it('exits 1 with a stack and where to report', async () => {
    const runtime = fakeRuntime({ cwd });
    const broken = {
      ...runtime,
      uuid: () => {
        throw new Error('out of numbers');
      },
    };
    const code = await run(['apply', '--format', 'json'], broken);
    expect(code).toBe(1);
    expect(JSON.parse(runtime.out()).error).toMatchObject({ kind: 'internal', message: 'out of numbers' });
    expect(runtime.err()).toContain('npm bugs assistantctl');
    expect(runtime.err()).toMatch(/\n {4}at /);
  });
});
