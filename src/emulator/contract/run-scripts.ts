/**
 * Scripted results of test runs. A script names the runs it is for and what becomes of them; the first that
 * matches decides. `instructions` lets a result depend on the prompt of the tested version, which is how a
 * test "finds" a regression without a language model.
 */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

export type RunOutcome = 'passed' | 'failed' | 'error' | 'never';

export interface RunScript {
  /** Name or id of the test; absent: any. */
  readonly test?: string;
  readonly suite?: string;
  /** Regular expression on the tested version's instructions; absent: any. */
  readonly instructions?: string;
  readonly outcome?: RunOutcome;
  /** Outcomes of the first, second, … run of a test; the last one stays. Wins over `outcome`. */
  readonly sequence?: readonly RunOutcome[];
  /** Result per rubric item by its name; items not named follow the outcome. */
  readonly rubric?: Readonly<Record<string, 'passed' | 'failed' | 'error'>>;
  readonly logs?: string;
  /** Milliseconds from the trigger to the result, instead of the usual timing. */
  readonly slow_ms?: number;
}

/** Milliseconds that a run stays in each state before it ends. */
export interface RunTimings {
  readonly pendingMs: number;
  readonly startingMs: number;
  readonly runningMs: number;
}

export const DEFAULT_TIMINGS: RunTimings = { pendingMs: 40, startingMs: 40, runningMs: 120 };

/** Whom a run belongs to, as far as scripts can ask. */
export interface RunSubject {
  readonly testId: string;
  readonly testName: string;
  readonly suite: string;
  /** Instructions of the tested version; undefined when the destination is no known assistant. */
  readonly instructions: string | undefined;
  /** 0 for the first run of the test. */
  readonly attempt: number;
}

const OUTCOMES: readonly string[] = ['passed', 'failed', 'error', 'never'];
const isOutcome = (value: unknown): value is RunOutcome =>
  typeof value === 'string' && OUTCOMES.includes(value);

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
}

function matches(script: RunScript, subject: RunSubject): boolean {
  if (script.test !== undefined && script.test !== subject.testName && script.test !== subject.testId)
    return false;
  if (script.suite !== undefined && script.suite !== subject.suite) return false;
  if (script.instructions === undefined) return true;
  return (
    subject.instructions !== undefined && new RegExp(script.instructions, 'u').test(subject.instructions)
  );
}

/** The script for a run; an empty one (which passes) when none matches. */
export function scriptFor(scripts: readonly RunScript[], subject: RunSubject): RunScript {
  return scripts.find((script) => matches(script, subject)) ?? {};
}

/** The outcome that the script gives to this attempt. */
export function outcomeOf(script: RunScript, attempt: number): RunOutcome {
  const { sequence } = script;
  if (sequence !== undefined && sequence.length > 0) {
    return sequence[Math.min(attempt, sequence.length - 1)] ?? 'passed';
  }
  if (script.outcome !== undefined) return script.outcome;
  return Object.values(script.rubric ?? {}).some((status) => status !== 'passed') ? 'failed' : 'passed';
}

function decodeScript(value: JsonObject, index: number): RunScript {
  const wrong = (name: string): never => {
    throw new Error(`run script ${index}: "${name}" is not what it should be`);
  };
  const optional = (name: string): { [key: string]: string } => {
    const found = value[name];
    if (found === undefined) return {};
    return typeof found === 'string' ? { [name]: found } : wrong(name);
  };
  const { instructions, outcome, sequence, rubric, slow_ms: slow } = value;
  if (typeof instructions === 'string' && !isPattern(instructions)) wrong('instructions');
  if (outcome !== undefined && !isOutcome(outcome)) wrong('outcome');
  if (sequence !== undefined && !(isArray(sequence) && sequence.every(isOutcome))) wrong('sequence');
  if (slow !== undefined && typeof slow !== 'number') wrong('slow_ms');
  const verdicts: { [name: string]: 'passed' | 'failed' | 'error' } = {};
  for (const [name, status] of Object.entries(isObject(rubric) ? rubric : {})) {
    if (status === 'passed' || status === 'failed' || status === 'error') verdicts[name] = status;
    else wrong('rubric');
  }
  return {
    ...optional('test'),
    ...optional('suite'),
    ...optional('instructions'),
    ...optional('logs'),
    ...(isOutcome(outcome) ? { outcome } : {}),
    ...(isArray(sequence) ? { sequence: sequence.filter(isOutcome) } : {}),
    ...(rubric === undefined ? {} : { rubric: verdicts }),
    ...(typeof slow === 'number' ? { slow_ms: slow } : {}),
  };
}

/** Checks the content of a script file: an array of scripts. Throws with the place of the first mistake. */
export function decodeScripts(value: Json): readonly RunScript[] {
  if (!isArray(value)) throw new Error('run scripts must be an array');
  return value.map((item, index) => {
    if (!isObject(item)) throw new Error(`run script ${index} must be an object`);
    return decodeScript(item, index);
  });
}
