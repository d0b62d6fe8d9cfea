// A controller that has nothing to do: requests of a round, and the memory of the process.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROUNDS = 5;

/** `folder` holds a project that was applied, with its state. */
export async function idleController({ main, folder, emulator, environment }) {
  const home = mkdtempSync(join(tmpdir(), 'assistantctl-bench-controller-'));
  const [work, remote, data] = ['work', 'remote.git', 'data'].map((name) => join(home, name));
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], {
      cwd: work,
      stdio: 'ignore',
    });
  cpSync(folder, work, { recursive: true });
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '--all', '--', 'assistants', 'assistantctl.yaml');
  git('commit', '--quiet', '--message', 'bench');
  execFileSync('git', ['clone', '--quiet', '--bare', work, remote], { stdio: 'ignore' });
  const state = join(data, '1', 'trees', 'all', '.assistantctl');
  mkdirSync(state, { recursive: true });
  cpSync(join(folder, '.assistantctl'), state, { recursive: true });
  const args = [
    'controller',
    '--repo',
    remote,
    '--data',
    data,
    '--single',
    '--trust-branch',
    '--interval',
    '1s',
    '--listen',
    '127.0.0.1:0',
  ];
  const child = spawn(process.execPath, [main, ...args], {
    cwd: home,
    env: { ...process.env, TELNYX_BENCH_KEY: 'KEY_TEST_BENCH' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  child.stdout.on('data', (chunk) => {
    log += chunk;
  });
  const until = async (what, look) => {
    for (let tries = 0; tries < 2_400; tries += 1) {
      const found = await Promise.resolve(look()).catch(() => undefined);
      if (found !== undefined) return found;
      await pause(50);
    }
    throw new Error(`the controller of the bench: ${what} did not come about\n${log.slice(-2_000)}`);
  };
  try {
    const url = await until('listening', () => /"url":"([^"]+)"/.exec(log)?.[1]);
    // A request may be cut off while the controller is busy with its own.
    const one = async () =>
      (await (await fetch(`${url}/status`)).json()).environments.find(
        (each) => each.environment === environment,
      );
    const idle = () =>
      until('a round', async () => {
        const status = await one();
        return status?.phase === 'in-effect' && !status.working ? status : undefined;
      });
    await idle();
    // The first look reads everything whole; the next ones are those that count.
    let looked = (await idle()).drift.looked_at;
    const next = () =>
      until('another round', async () => {
        const status = await one();
        return status?.phase === 'in-effect' && !status.working && status.drift.looked_at !== looked
          ? status
          : undefined;
      });
    looked = (await next()).drift.looked_at;
    const perRound = [];
    while (perRound.length < ROUNDS) {
      const before = emulator.requests.length;
      looked = (await next()).drift.looked_at;
      perRound.push(emulator.requests.length - before);
    }
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return { requests: Math.max(...perRound), megabytes: Number(peak) / 1024 };
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
    rmSync(home, { recursive: true, force: true });
  }
}
