import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ROOT } from './markdown.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project made by `init` in a temporary folder, with `assistantctl` on the path of its shell. */
export interface SampleProject {
  readonly folder: string;
  /** Runs one line in `sh`, as a reader of the docs would. */
  shell(line: string): Promise<Outcome>;
  replace(file: string, from: string, to: string): Promise<void>;
  remove(): Promise<void>;
}

/** `baseUrl` is where environments that name an account find the API. */
export async function sampleProject(baseUrl: string): Promise<SampleProject> {
  const home = await mkdtemp(join(tmpdir(), 'assistantctl-docs-'));
  const folder = join(home, 'northwind-home');
  const bin = join(home, 'bin');
  await mkdir(bin);
  await symlink(join(ROOT, 'dist', 'main.js'), join(bin, 'assistantctl'));
  const env = {
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    HOME: home,
    NO_COLOR: '1',
    TELNYX_BASE_URL: baseUrl,
    TELNYX_API_KEY: 'KEY_TEST_DOCS',
  };
  const shell = (cwd: string, line: string): Promise<Outcome> =>
    outcome(spawn('sh', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  const made = await shell(home, 'assistantctl init northwind-home');
  if (made.code !== 0) throw new Error(`init ended with ${made.code}: ${made.stderr}`);
  return {
    folder,
    shell: (line) => shell(folder, line),
    replace: async (file, from, to) => {
      const path = join(folder, file);
      const text = await readFile(path, 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
      await writeFile(path, text.replace(from, to));
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

/** Collects what a child process prints until it ends. */
export function outcome(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}
