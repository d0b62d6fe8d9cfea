import { type FileHandle, open, readdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LeaseHolder } from '../../model/state.ts';
import { decodeHolder } from '../decode.ts';
import { errnoCode, FILE_MODE, makeFolder, readText, readTextNow, writeFailure } from '../durable.ts';
import { allowance, expiry, type Identity, type Lease, leaseLost, lockHeld, newHolder } from '../lease.ts';
import { clocksOf, type LeaseTime, leaseTime, momentOf } from '../lease-time.ts';
import { processScope } from '../process-scope.ts';

/**
 * A lease as a file `<environment>.lock.<generation>`. Nobody ever renames or overwrites another's file: who
 * finds a dead lease creates the next generation exclusively, so that of many exactly one wins, and then looks
 * again; whoever sees another living lease then steps back. A holder whose file is gone has lost the lease.
 *
 * How old a lease is, is told by the folder: the time of its last renewal against that of a file made now. Both
 * are stamped by the same file system, so that clocks of machines that differ by hours do no harm.
 */
export interface FileLeaseOptions {
  /** Path without generation, ending in `<environment>.lock`. */
  readonly path: string;
  readonly environment: string;
  readonly identity: Identity;
  readonly clock: () => Date;
  /** Milliseconds of a clock that never jumps; without it that of the process. */
  readonly monotonic?: (() => number) | undefined;
  readonly sleep: (ms: number) => Promise<void>;
  readonly randomUuid: () => string;
  /** Whether a process of this machine lives; without it only time tells. */
  readonly isAlive: ((pid: number) => boolean) | undefined;
  readonly leaseMs: number;
}

interface Found {
  readonly file: string;
  readonly generation: number;
  readonly text: string;
  readonly holder: LeaseHolder | undefined;
}

const ATTEMPTS = 5;

/** Takes the lease, or rejects with LOCK_HELD, or with STATE_WRITE when the folder cannot be written. */
export async function takeFileLease(options: FileLeaseOptions, who: string): Promise<Lease> {
  const { path, identity, clock, leaseMs } = options;
  await makeFolder(dirname(path));
  for (let attempt = 1; ; attempt += 1) {
    const found = await list(path);
    const living = await firstLiving(options, found);
    if (living !== undefined) throw lockHeld(options.environment, living.holder, clock());
    const request = { id: options.randomUuid(), holder: who, scope: await processScope() };
    const begun = momentOf(clocksOf(options));
    const mine = newHolder(request, identity, clock(), leaseMs);
    const generation = Math.max(0, ...found.map((lock) => lock.generation)) + 1;
    const file = `${path}.${generation}`;
    const handle = await create(file, mine);
    if (handle !== undefined) {
      // By holder, not by name alone: a name may have been given up and taken by a living one since.
      const dead = new Set(found.map(identityOf));
      const rivals = (await list(path)).filter((lock) => lock.file !== file && !dead.has(identityOf(lock)));
      if (rivals.length === 0) {
        for (const lock of found) await unlink(lock.file).catch(() => undefined);
        const time = leaseTime(clocksOf(options), leaseMs, begun);
        return hold(options, { file, generation, handle }, mine, time);
      }
      await handle.close();
      await unlink(file).catch(() => undefined);
      if (attempt === ATTEMPTS) throw lockHeld(options.environment, rivals[0]?.holder, clock());
    } else if (attempt === ATTEMPTS) {
      throw lockHeld(options.environment, undefined, clock());
    }
    await options.sleep(attempt * 10 + (identity.pid % 16));
  }
}

/** Who has the lease and lives, as far as can be told. Writes nothing but a file of a moment for its time. */
export async function fileLeaseHolder(options: FileLeaseOptions): Promise<LeaseHolder | undefined> {
  return (await firstLiving({ ...options, sleep: async () => undefined }, await list(options.path)))?.holder;
}

/** Removes every lease, dead or alive; returns the newest holder. */
export async function breakFileLease(path: string): Promise<LeaseHolder | undefined> {
  const found = await list(path);
  for (const lock of found) {
    await unlink(lock.file).catch((cause: unknown) => {
      if (errnoCode(cause) !== 'ENOENT') throw writeFailure(lock.file, cause);
    });
  }
  return found.findLast((lock) => lock.holder !== undefined)?.holder;
}

async function create(file: string, mine: LeaseHolder): Promise<FileHandle | undefined> {
  const handle = await open(file, 'wx', FILE_MODE).catch((cause: unknown) => {
    if (errnoCode(cause) === 'EEXIST') return undefined;
    throw writeFailure(file, cause);
  });
  await handle?.write(`${JSON.stringify(mine)}\n`, 0).catch(async (cause: unknown) => {
    await handle.close();
    await unlink(file).catch(() => undefined);
    throw writeFailure(file, cause);
  });
  return handle;
}

interface Held {
  readonly file: string;
  readonly generation: number;
  readonly handle: FileHandle;
}

function hold(options: FileLeaseOptions, first: Held, mine: LeaseHolder, time: LeaseTime): Lease {
  const { clock, leaseMs } = options;
  let held = first;
  let released = false;
  let working: Promise<void> = Promise.resolve();
  const timer = setInterval(renewal, leaseMs / 3);
  timer.unref();

  const content = (): string => `${JSON.stringify({ ...mine, expires_at: expiry(clock(), leaseMs) })}\n`;

  async function renew(): Promise<void> {
    if (released) return;
    const begun = time.now();
    if (time.remainingMs() <= 0) {
      if (!(await takeAgain())) return;
    } else {
      // Written through the open file, in place and of equal length: a lease taken over meanwhile is not touched.
      await held.handle.write(content(), 0);
    }
    if (isMine()) time.renewed(begun);
  }

  /**
   * After its end the lease is anybody's, and whoever takes it makes the next generation first. So does its former
   * holder: of all of them exactly one succeeds.
   */
  async function takeAgain(): Promise<boolean> {
    const generation = held.generation + 1;
    const file = `${options.path}.${generation}`;
    const handle = await create(file, mine);
    if (handle === undefined) return false;
    const before = held;
    if (isMine()) {
      held = { file, generation, handle };
      await unlink(before.file).catch(() => undefined);
      await before.handle.close().catch(() => undefined);
      return true;
    }
    await handle.close();
    await unlink(file).catch(() => undefined);
    return false;
  }

  /** A renewal that fails is tried again by the next one; whether the lease still lasts, only its time tells. */
  function renewal(): Promise<void> {
    working = working.then(renew).catch(() => undefined);
    return working;
  }

  function isMine(): boolean {
    return decodeHolder(readTextNow(held.file) ?? '')?.id === mine.id;
  }

  async function check(): Promise<void> {
    if (!released && time.remainingMs() <= 0) await renewal();
    if (released || !isMine()) {
      const taker = (await list(options.path)).at(-1)?.holder;
      const how = taker === undefined ? 'was removed' : `was taken over by ${taker.holder} on ${taker.host}`;
      throw leaseLost(options.environment, how);
    }
    if (time.remainingMs() <= 0) throw leaseLost(options.environment, 'could not be renewed');
  }

  async function permit(limitMs: number): Promise<number> {
    if (time.remainingMs() < Math.min(limitMs, leaseMs / 2)) await renewal();
    await check();
    const allowed = allowance(time, leaseMs, limitMs);
    if (allowed === undefined) throw leaseLost(options.environment, 'could not be renewed');
    return allowed;
  }

  function outlives(ms: number): boolean {
    return !released && time.remainingMs() > ms && holdsNow(held.file, mine.id);
  }

  async function release(): Promise<void> {
    if (released) return;
    released = true;
    clearInterval(timer);
    await working;
    const own = holdsNow(held.file, mine.id);
    await held.handle.close().catch(() => undefined);
    if (own) await unlink(held.file).catch(() => undefined);
  }
  return { holder: mine, check, release, permit, outlives };
}

/** Read at once: nothing may come between the look and the write that follows it. */
function holdsNow(file: string, id: string): boolean {
  try {
    return decodeHolder(readTextNow(file) ?? '')?.id === id;
  } catch {
    return false;
  }
}

/** Every lease file of the environment, oldest generation first. */
async function list(path: string): Promise<readonly Found[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch((): string[] => []);
  const found: Found[] = [];
  for (const name of names) {
    const generation = Number(name.startsWith(prefix) ? name.slice(prefix.length) : 'none');
    if (!Number.isInteger(generation)) continue;
    const file = join(dirname(path), name);
    const text = await readText(file);
    if (text !== undefined) found.push({ file, generation, text, holder: decodeHolder(text) });
  }
  return found.sort((a, b) => a.generation - b.generation);
}

function identityOf(lock: Found): string {
  return `${lock.generation} ${lock.holder?.id ?? lock.text}`;
}

async function firstLiving(options: FileLeaseOptions, found: readonly Found[]): Promise<Found | undefined> {
  for (const lock of found) if (!(await isDead(options, lock))) return lock;
  return undefined;
}

async function isDead(options: FileLeaseOptions, lock: Found): Promise<boolean> {
  const { identity, isAlive, leaseMs, sleep } = options;
  const { holder } = lock;
  const local =
    holder !== undefined && holder.host === identity.host && holder.scope === (await processScope());
  if (local && isAlive !== undefined && !isAlive(holder.pid)) return true;
  if ((await ageMs(options, lock.file)) < leaseMs) return false;
  if (!local || isAlive === undefined) return true;
  // The process number lives: another process by now, or the holder itself just woken from a long sleep.
  await sleep(leaseMs / 2);
  return (await readText(lock.file)) === lock.text;
}

/** Milliseconds since the last renewal, by the clock of the file system. */
async function ageMs(options: FileLeaseOptions, file: string): Promise<number> {
  const probe = `${options.path}.probe-${options.randomUuid()}`;
  const made = await open(probe, 'wx', FILE_MODE).catch(() => undefined);
  try {
    const now = made === undefined ? options.clock().getTime() : (await made.stat()).mtimeMs;
    const renewed = await stat(file).catch(() => undefined);
    return renewed === undefined ? 0 : now - renewed.mtimeMs;
  } finally {
    await made?.close();
    if (made !== undefined) await unlink(probe).catch(() => undefined);
  }
}
