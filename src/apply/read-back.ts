/**
 * Reading back. A read may lag behind a write, and the reply to a write may be lost on its way: what a write brought
 * about is known when it is seen, and a write is never sent again before somebody has looked.
 */
import { ApiError } from '../model/errors.ts';

/** Waits before each read of what a write should have brought about. */
export const READ_DELAYS_MS: readonly number[] = [0, 500, 1_500];

export interface Waiting {
  readonly sleep: (ms: number) => Promise<void>;
}

/** Reads until something is found, a few times with longer and longer waits; undefined when nothing was. */
export async function pollUntil<Result>(
  { sleep }: Waiting,
  read: () => Promise<Result | undefined>,
  delaysMs: readonly number[] = READ_DELAYS_MS,
): Promise<Result | undefined> {
  for (const delay of delaysMs) {
    if (delay > 0) await sleep(delay);
    const found = await read();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The write may have taken effect: its reply was lost. */
export function isReplyLost(error: unknown): boolean {
  return error instanceof ApiError && error.effect === 'unknown';
}

/** Sends a write. Where its reply is lost, its effect is looked for, and only without one it is sent once more. */
export async function sendOrFind<Result>(
  send: () => Promise<Result>,
  find: () => Promise<Result | undefined>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isReplyLost(error)) throw error;
      const found = await find();
      if (found !== undefined) return found;
      if (attempt === 2) throw error;
    }
  }
}

export interface SeenWrite<Result> {
  readonly send: () => Promise<void>;
  /** Looks for the effect of the write; `confirmed` says whether the API answered that it has one. */
  readonly look: (confirmed: boolean) => Promise<Result | undefined>;
  /** When an effect that does not show has the write sent once more. */
  readonly again: 'after a lost reply' | 'always';
}

/** Sends a write and waits for its effect; undefined when the API confirmed it and no effect shows. */
export async function sendAndSee<Result>({
  send,
  look,
  again,
}: SeenWrite<Result>): Promise<Result | undefined> {
  let lost: unknown;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    lost = undefined;
    try {
      await send();
    } catch (error) {
      if (!isReplyLost(error)) throw error;
      lost = error;
    }
    const found = await look(lost === undefined);
    if (found !== undefined) return found;
    if (lost === undefined && again !== 'always') return undefined;
  }
  if (lost !== undefined) throw lost;
  return undefined;
}
