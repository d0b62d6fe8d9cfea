import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll } from 'vitest';
import { parse } from 'yaml';
import { outcome } from '../docs/project.ts';
import { MAIN } from '../e2e/harness.ts';

export type Env = Readonly<Record<string, string>>;

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Env;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string };
  readonly env?: Env;
  readonly outputs?: Env;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly env?: Env;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Ran {
  readonly code: number;
  readonly log: string;
}

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

export async function temporary(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `assistantctl-${name}-`));
  folders.push(folder);
  return folder;
}

export async function readWorkflow(path: string): Promise<Workflow> {
  return parse(await readFile(path, 'utf8'));
}

/** Programs that a runner installs: `assistantctl` and `npx` are the built program, `npm` does nothing. */
export async function shims(): Promise<string> {
  const bin = await temporary('bin');
  const program = `exec "${process.execPath}" "${MAIN}" "$@"`;
  const scripts = {
    npm: 'exit 0',
    assistantctl: program,
    // `npx --yes assistantctl@VERSION …`
    npx: `[ "$1" = --yes ] && case "$2" in assistantctl@*) shift 2 ;; *) exit 99 ;; esac\n${program}`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

export interface JobRan extends Ran {
  readonly outputs: Env;
}

export interface RunnerOptions {
  readonly bin: string;
  /** What the runner gives every step. */
  readonly env: Env;
  /** `github`, `secrets` and `inputs`, as expressions see them. */
  readonly contexts: Readonly<Record<string, unknown>>;
  /** Where the cache action keeps the state between jobs. */
  readonly cache: string;
  /** Makes the checkout. */
  readonly checkout: () => Promise<string>;
}

/** Runs one job as GitHub's runner does: each step in bash, `if`, `env`, outputs and the cache. Undefined: skipped. */
export async function runJob(
  workflow: Workflow,
  name: string,
  options: RunnerOptions,
): Promise<JobRan | undefined> {
  const job = workflow.jobs[name];
  if (job === undefined) throw new Error(`there is no job ${name}`);
  const outputs: Record<string, { outputs: Record<string, string> }> = {};
  const state = { failed: false };
  const evaluate = (text: string): unknown =>
    evaluateExpression(text, { ...options.contexts, steps: outputs }, state);
  if (job.if !== undefined && !evaluate(job.if)) return undefined;
  const folder = await options.checkout();
  const temp = await temporary('runner');
  let log = '';
  let code = 0;
  for (const step of job.steps) {
    const condition = step.if ?? 'success()';
    if (
      !evaluate(
        /\b(always|cancelled|failure|success)\(\)/.test(condition)
          ? condition
          : `success() && (${condition})`,
      )
    ) {
      continue;
    }
    if (step.uses?.startsWith('actions/cache') === true) await useCache(step.uses, folder, options.cache);
    if (step.run === undefined) continue;
    const output = join(temp, `output-${outputs.length}`);
    await writeFile(output, '');
    const env = fill({ ...workflow.env, ...job.env, ...step.env }, evaluate);
    const ran = await bash(step.run, folder, {
      PATH: `${options.bin}${delimiter}${process.env.PATH ?? ''}`,
      HOME: temp,
      RUNNER_TEMP: temp,
      GITHUB_OUTPUT: output,
      GITHUB_WORKSPACE: folder,
      ...options.env,
      ...env,
    });
    log += `--- ${step.name ?? step.run}\n${ran.log}`;
    if (step.id !== undefined) outputs[step.id] = { outputs: parseOutputs(await readFile(output, 'utf8')) };
    if (ran.code !== 0) {
      state.failed = true;
      code = code === 0 ? ran.code : code;
    }
  }
  return { code, log, outputs: fill(job.outputs ?? {}, evaluate) };
}

/** As GitHub's runner starts `shell: bash`. */
export async function bash(script: string, cwd: string, env: Env): Promise<Ran> {
  const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  const { code, stdout, stderr } = await outcome(
    spawn('bash', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  return { code: code ?? -1, log: stdout + stderr };
}

async function useCache(action: string, folder: string, cache: string): Promise<void> {
  const path = join(folder, '.assistantctl', 'state');
  const [from, to] = action.includes('/save') ? [path, cache] : [cache, path];
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true }).catch(() => undefined);
}

function fill(env: Env, evaluate: (text: string) => unknown): Env {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      String(value).replace(/\$\{\{(.*?)\}\}/g, (_, text: string) => String(evaluate(text) ?? '')),
    ]),
  );
}

/** Enough of GitHub's expressions for our workflows: paths, strings, `==`, `!=`, `&&`, `||`, `!`, status functions. */
export function evaluateExpression(
  text: string,
  contexts: Readonly<Record<string, unknown>>,
  state: { readonly failed: boolean },
): unknown {
  const source = text.replace(/^\s*\$\{\{|\}\}\s*$/g, '');
  const script = source.replace(/'[^']*'|[a-z_]+(?:\.[a-zA-Z_-]+)+|\b[a-z]+\(\)/g, (token) => {
    if (token.startsWith("'")) return JSON.stringify(token.slice(1, -1));
    if (token.endsWith('()')) return String(status(token, state.failed));
    const value = token.split('.').reduce<unknown>((at, key) => {
      return typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
    }, contexts);
    return JSON.stringify(value ?? '');
  });
  return new Function(`return (${script});`)();
}

function status(call: string, failed: boolean): boolean {
  return { 'always()': true, 'cancelled()': false, 'failure()': failed, 'success()': !failed }[call] ?? false;
}

function parseOutputs(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
