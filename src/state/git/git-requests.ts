import { Failure } from '../../model/errors.ts';
import type { RequestStore, StoredRequest } from '../../model/request.ts';
import { decodeRequest } from '../requests.ts';
import { checkRemote, type GitRemote } from './git-remote.ts';

export interface GitRequestsOptions {
  readonly remote: GitRemote;
  readonly remoteName: string;
  /** Ref of the state; requests stand beside it. */
  readonly ref: string;
  readonly clock: () => Date;
}

const FILE = 'requests.json';
const TRIES = 5;

/**
 * Requests on a ref beside the state's. Whoever may push there may ask; taking one is a push that succeeds only
 * while nobody else moved the ref, so that each request is taken once.
 */
export function gitRequests({ remote, remoteName, ref: stateRef, clock }: GitRequestsOptions): RequestStore {
  const ref = `${stateRef}-requests`;
  checkRemote(remoteName, ref);

  async function read(): Promise<{
    readonly commit: string | undefined;
    readonly requests: readonly StoredRequest[];
  }> {
    const commit = (await remote.list([ref])).get(ref);
    if (commit === undefined) return { commit, requests: [] };
    const text = await remote.read(ref, commit, FILE);
    const lines = text?.split('\n') ?? [];
    return { commit, requests: lines.flatMap((line) => decodeRequest(line) ?? []) };
  }

  /** Writes what `change` makes of the requests; undefined from it means that there is nothing to write. */
  async function write(
    change: (requests: readonly StoredRequest[]) => readonly StoredRequest[] | undefined,
    author: string,
    message: string,
  ): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const { commit, requests } = await read();
      const next = change(requests);
      if (next === undefined) return false;
      const files = new Map([[FILE, next.map((request) => `${JSON.stringify(request)}\n`).join('')]]);
      const made = await remote.commit({ parent: commit, message, author, when: clock(), files });
      if ((await remote.move(ref, commit, made)) === 'done') return true;
    }
    throw new Failure('unavailable', `${remote.place(ref)} is written by others all the time`, {
      code: 'REQUESTS_BUSY',
      hint: 'try again in a moment',
    });
  }

  return {
    list: async () => (await read()).requests,
    add: async (request) => {
      await write(
        (requests) => [...requests, request],
        request.by,
        `${request.kind}: ${request.words.join(' ')}\n`,
      );
    },
    take: (id) =>
      write(
        (requests) =>
          requests.some((request) => request.id === id)
            ? requests.filter((request) => request.id !== id)
            : undefined,
        'assistantctl',
        `taken: ${id}\n`,
      ),
  };
}
