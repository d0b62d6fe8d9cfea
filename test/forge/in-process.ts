import { run } from '../../src/cli/program.ts';
import { fakeRuntime } from '../cli/runtime.ts';
import type { TestProject } from '../e2e/harness.ts';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line of the program in a project's folder, in this process: quick, and everything but stdio is real. */
export async function inProcess(
  project: TestProject,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Finished> {
  const runtime = fakeRuntime({ cwd: project.folder, env: { PATH: process.env.PATH ?? '', ...env } });
  const code = await run(args, runtime);
  return { code, stdout: runtime.out(), stderr: runtime.err() };
}
