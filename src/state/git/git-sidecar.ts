import { Failure } from '../../model/errors.ts';
import type { Sidecar, SidecarStore } from '../../model/request.ts';
import { decodeMemory, decodeRequest } from '../sidecar.ts';
import { checkRemote, type GitRemote } from './git-remote.ts';

export interface GitSidecarOptions {
  readonly remote: GitRemote;
  readonly remoteName: string;
  /** Ref of the state; what is beside it has a ref of its own. */
  readonly ref: string;
  readonly clock: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly randomUuid: () => string;
}

const REQUESTS = 'requests.json';
const MEMORY = 'controller.json';
const TRIES = 8;

/**
 * Requests and what the controller remembers, on a ref beside the state's. Whoever may push there may ask. A write is
 * a push that succeeds only while nobody else moved the ref, so that of several who take one request one wins. The
 * message of each commit is unique: two writers of the same text in the same second would make the same commit, and
 * the push of both would succeed.
 */
export function gitSidecar(options: GitSidecarOptions): SidecarStore {
  const { remote, remoteName, clock, sleep, random, randomUuid } = options;
  const ref = `${options.ref}-requests`;
  checkRemote(remoteName, ref);
  const kept: { known: Found | undefined } = { known: undefined };

  async function find(): Promise<Found> {
    const commit = (await remote.list([ref])).get(ref);
    if (commit === undefined) return { commit, requests: [], memory: undefined };
    if (kept.known?.commit === commit) return kept.known;
    const text = await remote.read(ref, commit, REQUESTS);
    const memory = await remote.read(ref, commit, MEMORY).catch(withoutFile);
    const lines = text?.split('\n') ?? [];
    kept.known = {
      commit,
      requests: lines.flatMap((line) => decodeRequest(line) ?? []),
      memory: memory === undefined ? undefined : decodeMemory(memory),
    };
    return kept.known;
  }

  return {
    read: find,
    write: async (change, { author, message }) => {
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        const found = await find();
        const next = change(found);
        if (next === undefined) return false;
        const files = new Map([
          [REQUESTS, next.requests.map((request) => `${JSON.stringify(request)}\n`).join('')],
        ]);
        if (next.memory !== undefined) files.set(MEMORY, `${JSON.stringify(next.memory)}\n`);
        const made = await remote.commit({
          parent: found.commit,
          message: `${message}\n\nwrite ${randomUuid()}\n`,
          author,
          when: clock(),
          files,
        });
        if ((await remote.move(ref, found.commit, made)) === 'done') return true;
        // The answer to a push that succeeded may have been lost; then the ref is where we put it.
        if ((await remote.list([ref])).get(ref) === made) return true;
        await sleep(Math.round(random() * 50 * attempt));
      }
      throw new Failure('unavailable', `${remote.place(ref)} is written by others all the time`, {
        code: 'REQUESTS_BUSY',
        hint: 'try again in a moment',
      });
    },
  };
}

/** Requests were left before any controller worked. A memory that cannot be read now is not written over. */
function withoutFile(error: unknown): undefined {
  if (error instanceof Failure && error.code === 'STATE_CORRUPT') return undefined;
  throw error;
}

interface Found extends Sidecar {
  readonly commit: string | undefined;
}
