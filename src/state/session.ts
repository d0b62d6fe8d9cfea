import { Failure } from '../model/errors.ts';
import type { JournalEntry, LeaseHolder, StateSession } from '../model/state.ts';
import type { Lease } from './lease.ts';
import type { Ledger } from './ledger.ts';
import { formatEntry } from './log-text.ts';
import type { LogWriter } from './log-writer.ts';

export interface SessionParts {
  readonly ledger: Ledger;
  readonly log: LogWriter;
  readonly lease: Lease;
  /** Saves the ledger for good and removes the log, or leaves what is still pending in it. */
  readonly fold: () => Promise<void>;
  readonly takenOver?: LeaseHolder | undefined;
}

/** A session over any place where state can be kept: log first, fold at the end, lease given back always. */
export function startSession(parts: SessionParts): StateSession {
  const { ledger, log, lease, fold } = parts;
  const pending = ledger.pending();
  let closing: Promise<void> | undefined;

  async function record(entry: JournalEntry): Promise<void> {
    if (closing !== undefined) throw misuse('recorded after close');
    const begun = ledger.begun() || entry.op === 'init' || entry.op === 'begin';
    if (!begun && entry.op !== 'fail') throw misuse(`recorded ${entry.op} before init`);
    await log.append(formatEntry(ledger.apply(entry))).catch((cause: unknown) => {
      throw isLost(cause) ? cause : midway(cause);
    });
  }

  async function finish(): Promise<void> {
    await log.close();
    try {
      if (await holds(lease)) await fold();
    } catch (cause) {
      throw midway(cause);
    } finally {
      await lease.release();
    }
  }

  function close(): Promise<void> {
    closing ??= finish();
    return closing;
  }

  const fence = { permit: lease.permit, outlives: lease.outlives };
  return { fence, current: () => ledger.state(), pending, takenOver: parts.takenOver, record, close };
}

/** The lease was taken over, and its new holder folded the log into the state: nothing is left to save here. */
async function holds(lease: Lease): Promise<boolean> {
  try {
    await lease.check();
    return true;
  } catch (cause) {
    if (isLost(cause)) return false;
    throw cause;
  }
}

function isLost(cause: unknown): boolean {
  return cause instanceof Failure && cause.code === 'LEASE_LOST';
}

/** A place that refuses in the middle of the work leaves it partly done, whatever the refusal was. */
function midway(cause: unknown): unknown {
  if (!(cause instanceof Failure)) return cause;
  const { code, hint, details } = cause;
  return new Failure('partial', cause.message, {
    code,
    ...(hint === undefined ? {} : { hint }),
    details,
    cause,
  });
}

function misuse(problem: string): Failure {
  return new Failure('internal', `state session: ${problem}`, { code: 'STATE_SESSION' });
}
