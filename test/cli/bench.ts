import { expect } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { EmulatorHandle } from '../../src/emulator/contract/contract.ts';
import { account, leadingTo, type TestProject, testProject } from '../e2e/harness.ts';
import { type FakeOptions, fakeRuntime } from './runtime.ts';

export interface BenchRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project that was applied to an account of its own, and the command line in this process. */
export interface Bench {
  readonly server: EmulatorHandle;
  readonly project: TestProject;
  /** Runs a command against `account` unless it names an environment: the program without the price of a start. */
  cli(args: readonly string[], more?: FakeOptions): Promise<BenchRun>;
}

/** Opens a bench that is taken down after the test. */
export async function openBench(): Promise<Bench> {
  const server = await account();
  const project = await testProject(leadingTo(server));
  const cli: Bench['cli'] = async (args, more = {}) => {
    const fake = fakeRuntime({ cwd: project.folder, env: leadingTo(server), ...more });
    // Waits between retries are no matter of these tests.
    const runtime = { ...fake, sleep: (ms: number) => fake.sleep(Math.min(ms, 10)) };
    const code = await run(args.includes('--env') ? args : [...args, '--env', 'account'], runtime);
    return { code, stdout: runtime.out(), stderr: runtime.err() };
  };
  expect((await cli(['apply'])).code).toBe(0);
  return { server, project, cli };
}
