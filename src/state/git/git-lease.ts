import { Failure } from '../../model/errors.ts';
import type { LeaseHolder } from '../../model/state.ts';
import { decodeHolder } from '../decode.ts';
import { allowance, expiry, type Identity, type Lease, leaseLost, lockHeld, newHolder } from '../lease.ts';
import { clocksOf, type LeaseTime, leaseTime, momentOf } from '../lease-time.ts';
import { processScope } from '../process-scope.ts';
import type { GitRemote } from './git-remote.ts';

/**
 * A lease as a ref beside the state: a commit that holds `lease.json`. Taking it, renewing it and giving it
 * back are compare-and-swap pushes, so of many exactly one wins. Clocks of two machines may differ by hours:
 * when the times written in a lease cannot be those of a living one, its ref is watched for a renewal before
 * it is taken over, and a lease that is renewed is never taken.
 */
export interface GitLeaseOptions {
  readonly remote: GitRemote;
  readonly ref: string;
  readonly environment: string;
  readonly identity: Identity;
  readonly clock: () => Date;
  /** Milliseconds of a clock that never jumps; without it that of the process. */
  readonly monotonic?: (() => number) | undefined;
  readonly sleep: (ms: number) => Promise<void>;
  readonly randomUuid: () => string;
  readonly isAlive: ((pid: number) => boolean) | undefined;
  readonly leaseMs: number;
  /** The write-ahead log so far: it goes along with each renewal, so that a machine that vanishes leaves it. */
  readonly journal?: () => string;
}

/** The lease with what a vanished holder before left in it. */
export interface GitLease extends Lease {
  /** Renews now, with the log as it is. Never rejects: the next renewal tries again. */
  publish(): Promise<void>;
  readonly inherited: Inherited | undefined;
}

export interface Inherited {
  readonly holder: LeaseHolder;
  /** Text of its write-ahead log, as far as it was pushed. */
  readonly journal: string;
}

/** A lease as found on the remote; `holder` is undefined when its content is not readable. */
export interface FoundLease {
  readonly commit: string;
  readonly holder: LeaseHolder | undefined;
}

const FILE = 'lease.json';
const JOURNAL = 'journal.jsonl';

/** Expiry of a lease that `unlock` ended and whose log is kept for the next holder. */
const ENDED = new Date(0).toISOString();

export function isEnded(holder: LeaseHolder | undefined): boolean {
  return holder?.expires_at === ENDED;
}

/** The lease on the remote, dead or alive. */
export async function readGitLease(remote: GitRemote, ref: string): Promise<FoundLease | undefined> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const commit = (await remote.list([ref])).get(ref);
    if (commit === undefined) return undefined;
    const text = await remote.read(ref, commit, FILE);
    if (text !== undefined) return { commit, holder: decodeHolder(text) };
  }
  return undefined;
}

/** Takes the lease, or rejects with LOCK_HELD, or with the failure of the push. */
export async function takeGitLease(options: GitLeaseOptions, who: string): Promise<GitLease> {
  const { remote, ref, environment, clock, leaseMs } = options;
  const found = await readGitLease(remote, ref);
  if (found !== undefined && !(await isDead(options, found))) {
    throw lockHeld(environment, found.holder, clock());
  }
  const inherited = found === undefined ? undefined : await inheritedFrom(options, found);
  const request = { id: options.randomUuid(), holder: who, scope: await processScope() };
  const begun = momentOf(clocksOf(options));
  const mine = newHolder(request, options.identity, clock(), leaseMs);
  const commit = await commitLease(options, mine);
  if ((await remote.move(ref, found?.commit, commit)) === 'done') {
    const time = leaseTime(clocksOf(options), trustedMs(options), begun);
    return { ...hold(options, mine, commit, time), inherited };
  }
  const winner = await readGitLease(remote, ref);
  throw lockHeld(environment, winner?.holder, clock());
}

/** What a dead holder had pushed of its log; undefined when it had not begun to write. */
async function inheritedFrom(options: GitLeaseOptions, found: FoundLease): Promise<Inherited | undefined> {
  const { remote, ref } = options;
  const { holder, commit } = found;
  const journal = await remote.read(ref, commit, JOURNAL).catch(() => undefined);
  return holder === undefined || journal === undefined || journal === '' ? undefined : { holder, journal };
}

/**
 * Ends the lease whoever has it. What it pushed of its log stays for the next holder. Undefined when there is
 * none; rejects with LOCK_HELD when it is renewed faster than it can be ended.
 */
export async function breakGitLease(options: GitLeaseOptions): Promise<LeaseHolder | undefined> {
  const { remote, ref, environment } = options;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const found = await readGitLease(remote, ref);
    if (found === undefined || isEnded(found.holder)) return undefined;
    const left = await inheritedFrom(options, found);
    const ended =
      left === undefined
        ? undefined
        : await commitLease(
            { ...options, journal: () => left.journal },
            { ...left.holder, expires_at: ENDED },
          );
    if ((await remote.move(ref, found.commit, ended)) === 'done') return found.holder;
  }
  throw new Failure(
    'refused',
    `the lock of environment ${environment} is being renewed faster than it can be removed`,
    { code: 'LOCK_HELD' },
  );
}

function commitLease(options: GitLeaseOptions, holder: LeaseHolder): Promise<string> {
  return options.remote.commit({
    parent: undefined,
    message: `lease of ${options.environment}: ${holder.holder} on ${holder.host}\n`,
    author: holder.holder,
    when: options.clock(),
    files: new Map([
      [FILE, `${JSON.stringify(holder)}\n`],
      [JOURNAL, options.journal?.() ?? ''],
    ]),
  });
}

/**
 * How long its holder relies on a lease after a renewal. Somebody whose clock differs watches the ref for half of
 * the lease before taking it over, so that half is what is certain.
 */
function trustedMs({ leaseMs }: GitLeaseOptions): number {
  return leaseMs / 2;
}

/** A look at the remote counts for that part of the trusted time; then the next write looks again. */
const LOOK = 1 / 12;

function hold(
  options: GitLeaseOptions,
  mine: LeaseHolder,
  first: string,
  time: LeaseTime,
): Omit<GitLease, 'inherited'> {
  const { remote, ref, environment, clock, leaseMs } = options;
  const lastsMs = trustedMs(options);
  const monotonic = clocksOf(options).monotonic;
  let commit = first;
  let lost = false;
  let released = false;
  let lookedAt = monotonic();
  let working: Promise<void> = Promise.resolve();
  let looking: Promise<void> | undefined;

  async function renew(): Promise<void> {
    if (released || lost) return;
    const begun = time.now();
    const next = await commitLease(options, { ...mine, expires_at: expiry(clock(), leaseMs) });
    if ((await remote.move(ref, commit, next)) !== 'done') {
      // A push may have succeeded although its answer was lost; then the ref is where we put it.
      const found = (await remote.list([ref])).get(ref);
      lost = found !== next && found !== commit;
      if (found !== next) return;
    }
    commit = next;
    time.renewed(begun);
    lookedAt = monotonic();
  }

  // A renewal that fails is tried again by the next one; only when none succeeds in time the lease counts as lost.
  const publish = (): Promise<void> => {
    working = working.then(renew).catch(() => undefined);
    return working;
  };
  const timer = setInterval(publish, lastsMs / 3);
  timer.unref();

  /** Somebody may have ended the lease before its time. A remote that does not answer says nothing either way. */
  async function look(): Promise<void> {
    const before = commit;
    const found = (await remote.list([ref])).get(ref);
    if (before !== commit) return;
    lost ||= found !== commit;
    lookedAt = monotonic();
  }

  async function lookWhenDue(): Promise<void> {
    if (monotonic() - lookedAt < lastsMs * LOOK) return;
    if (looking === undefined) {
      // In turn with renewals: the ref is ours while one of them moves it.
      working = working.then(look).catch(() => undefined);
      looking = working.finally(() => {
        looking = undefined;
      });
    }
    await Promise.race([looking, pause(lastsMs * LOOK)]);
  }

  async function check(): Promise<void> {
    if (!released && !lost && time.remainingMs() <= 0) await publish();
    if (lost || released) throw leaseLost(environment, 'was removed or taken over');
    if (time.remainingMs() <= 0) throw leaseLost(environment, 'could not be renewed');
  }

  async function permit(limitMs: number): Promise<number> {
    if (time.remainingMs() < Math.min(limitMs, lastsMs / 2)) await publish();
    else await lookWhenDue();
    await check();
    const allowed = allowance(time, lastsMs, limitMs);
    if (allowed === undefined) throw leaseLost(environment, 'could not be renewed');
    return allowed;
  }

  const outlives = (ms: number): boolean => !lost && !released && time.remainingMs() > ms;

  async function release(): Promise<void> {
    if (released) return;
    released = true;
    clearInterval(timer);
    await working;
    if (!lost) await remote.move(ref, commit, undefined).catch(() => undefined);
  }

  return { holder: mine, check, release, publish, permit, outlives };
}

/** Does not keep the process alive. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

async function isDead(options: GitLeaseOptions, found: FoundLease): Promise<boolean> {
  const { holder } = found;
  const { identity, isAlive, clock, leaseMs, sleep, remote, ref } = options;
  if (holder === undefined) return false;
  if (isEnded(holder)) return true;
  // Machines far apart may share a host name; without a scope only time tells.
  const local =
    holder.host === identity.host && holder.scope !== undefined && holder.scope === (await processScope());
  if (local && isAlive?.(holder.pid) === false) return true;
  const left = Date.parse(holder.expires_at) - clock().getTime();
  if (left > 0 && left <= leaseMs) return false;
  await sleep(leaseMs / 2);
  return (await remote.list([ref])).get(ref) === found.commit;
}
