import { Failure } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import type { BeginEntry, JournalEntry, State } from '../model/state.ts';
import { checkFormat, corrupt, decodeEntry } from './decode.ts';
import { type Replayed, replay } from './journal.ts';

const LOG_FORMAT = '1.0';

const RESTORE_LOG =
  'restore the state file and its .journal together from one backup; or move the .journal aside: what it recorded is then found again by name';

/** First line of a log: which saved state it continues. Both null: none was saved before. */
export interface LogHeader {
  readonly lineage: string | null;
  readonly serial: number | null;
}

export interface ParsedLog {
  /** Undefined when not even the first line was written whole. */
  readonly header: LogHeader | undefined;
  readonly entries: readonly JournalEntry[];
}

export function headerOf(state: State | undefined): LogHeader {
  return { lineage: state?.lineage ?? null, serial: state?.serial ?? null };
}

/** Text of a log that holds nothing but steps left over. */
export function formatLog(header: LogHeader, left: readonly BeginEntry[]): string {
  return [formatHeader(header), ...left.map(formatEntry)].join('');
}

export function formatHeader(header: LogHeader): string {
  return `${JSON.stringify({ journal: LOG_FORMAT, ...header })}\n`;
}

export function formatEntry(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads a log. A last line that was not written whole is left out: its writer never got an answer. Damage
 * anywhere else fails with STATE_CORRUPT naming the byte, a newer major format with STATE_FORMAT.
 */
export function parseLog(text: string, file: string): ParsedLog {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let header: LogHeader | undefined;
  const entries: JournalEntry[] = [];
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const value = parseLine(line);
    const entry = index === 0 ? undefined : decodeEntry(value);
    if (index === 0) header = decodeHeader(value, file);
    if (entry !== undefined) entries.push(entry);
    const understood = index === 0 ? header !== undefined : entry !== undefined;
    if (!understood && (value !== undefined || index < lines.length - 1)) {
      throw corrupt(file, `line ${index + 1}, from byte ${offset}, is damaged`, RESTORE_LOG);
    }
    offset += Buffer.byteLength(line) + 1;
  }
  return { header, entries };
}

/**
 * How a log stands to a saved state: `continues` it; was `folded` into it already (a crash after the save,
 * before the log was removed); or is about another one.
 */
export function relation(saved: State | undefined, log: ParsedLog): 'continues' | 'folded' | 'foreign' {
  const { header, entries } = log;
  const { lineage, serial } = headerOf(saved);
  if (header === undefined) return 'continues';
  if (lineage === header.lineage && serial === header.serial) return 'continues';
  const begun = entries.findLast((entry) => entry.op === 'init');
  const from = begun === undefined ? header : headerOf(begun.state);
  return lineage === from.lineage && serial === (from.serial ?? 0) + 1 ? 'folded' : 'foreign';
}

/**
 * The state that a saved state and a log make together. A log that was folded in already only tells which
 * steps are left. Fails with STATE_CORRUPT when the two do not belong together.
 */
export function joinLog(saved: State | undefined, log: ParsedLog, file: string): Replayed {
  const { header, entries } = log;
  const related = relation(saved, log);
  if (related === 'folded') return { state: saved, pending: replay(saved, entries).pending };
  if (related === 'foreign') {
    const found = saved === undefined ? 'there is no state' : `the state has serial ${saved.serial}`;
    throw corrupt(file, `continues serial ${header?.serial ?? 'none'}, but ${found}`, RESTORE_LOG);
  }
  const first = entries.find((entry) => entry.op !== 'begin' && entry.op !== 'fail');
  if (saved === undefined && first !== undefined && first.op !== 'init') {
    throw corrupt(file, 'changes a state that was never begun', RESTORE_LOG);
  }
  return replay(saved, entries);
}

function parseLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch {
    return undefined;
  }
}

function decodeHeader(value: unknown, file: string): LogHeader | undefined {
  if (!isObject(value) || !('journal' in value)) return undefined;
  checkFormat(value.journal, LOG_FORMAT, file);
  const { lineage, serial } = value;
  if (lineage === null && serial === null) return { lineage, serial };
  return typeof lineage === 'string' && typeof serial === 'number' ? { lineage, serial } : undefined;
}

/** True for the failure that `joinLog` and the readers raise about damage. */
export function isCorrupt(cause: unknown): boolean {
  return cause instanceof Failure && cause.code === 'STATE_CORRUPT';
}
