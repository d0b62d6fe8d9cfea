import type { Runtime } from '../runtime.ts';

/** Longer than it takes to end what somebody has begun. */
const LEFT_BEHIND_MS = 2 * 60_000;
const MOST_WATCHED = 1_000;

/**
 * Tells whether what somebody began was left behind: at once where the process is seen to be gone, else after some time
 * of this process in which nothing became of it. Clocks of two machines differ, so that times of others tell nothing.
 * This process does one thing after the other, so that what it finds of its own is what it could not end.
 */
export function leftBehindWatch(runtime: Runtime, own: string): (name: string, by: string) => boolean {
  const since = new Map<string, number>();
  const [scope = ''] = own.split('/');
  return (name, by) => {
    const [place = '', pid = ''] = by.split('/');
    if (scope !== '' && place === scope && /^\d+$/.test(pid)) {
      return by === own || !runtime.isAlive(Number(pid));
    }
    const now = runtime.clock().getTime();
    const key = `${name} ${by}`;
    const seen = since.get(key);
    if (seen !== undefined) return now - seen > LEFT_BEHIND_MS;
    if (since.size >= MOST_WATCHED) since.clear();
    since.set(key, now);
    return false;
  };
}
