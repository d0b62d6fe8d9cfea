import { run } from '../../src/cli/program.ts';
import { fakeRuntime } from '../cli/runtime.ts';
import { SPECS, type TestProject, testProject } from './harness.ts';

/**
 * A test project whose `run` is the same program without a process of its own: for the many commands whose start-up
 * would cost more than they do. `start` still makes a real process.
 */
export async function nearProject(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = SPECS,
): Promise<TestProject> {
  const project = await testProject(env, files);
  return {
    ...project,
    run: async (...args) => {
      const runtime = fakeRuntime({
        cwd: project.folder,
        env: { PATH: process.env.PATH ?? '', HOME: project.folder, ...env },
      });
      const code = await run(args, runtime);
      return { code, signal: null, stdout: runtime.out(), stderr: runtime.err() };
    },
  };
}
