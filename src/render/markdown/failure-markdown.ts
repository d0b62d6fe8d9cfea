import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { count } from '../terminal/style.ts';
import { visible } from '../terminal/visible.ts';
import { truncate } from '../terminal/width.ts';
import { code, fence, prose } from './markdown.ts';

/** What is known of a command that failed. */
export interface FailedRun {
  /** What was attempted, for example `Plan for production`. */
  readonly title: string;
  readonly exitCode: number | undefined;
  /** The `error` member of the command's JSON document. */
  readonly error: JsonObject | undefined;
  /** What it wrote on stderr; shown where there is no error to show. */
  readonly log: string;
}

const MOST_PROBLEMS = 50;
const MOST_LINES = 60;

/** GitHub Markdown without a marker, safe to post whatever the messages contain. */
export function renderFailureMarkdown({ title, exitCode, error, log }: FailedRun): string {
  const silent = log.trim() === '' ? 'The log of the run says why.' : 'The end of its log says why.';
  const message = textOf(error?.message) || silent;
  const [first = '', ...more] = message.split('\n');
  const status = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
  const details = isObject(error?.details) ? error.details : {};
  const problems = isArray(details.diagnostics) ? details.diagnostics.filter(isObject) : [];
  const hint = textOf(details.hint);
  return `${[
    `### ${prose(title)} failed${status}`,
    '> [!CAUTION]',
    `> ${prose(truncate(first, 600, '…'))}`,
    ...more.slice(0, 20).map((line) => `> ${prose(truncate(line, 600, '…'))}`),
    '',
    'There is no result for this commit: whatever was shown here before no longer holds.',
    ...(problems.length === 0 ? [] : ['', ...problemTable(problems)]),
    ...(error === undefined && log.trim() !== '' ? ['', fence('text', tail(log))] : []),
    ...(hint === '' ? [] : ['', `Next: ${prose(truncate(hint, 600, '…'))}`]),
  ].join('\n')}\n`;
}

/** The end of a log, where the reason is. */
function tail(log: string): readonly string[] {
  const lines = log.trimEnd().split(/\r?\n/);
  return lines.slice(-MOST_LINES).map((line) => truncate(visible(line), 300, '…'));
}

function problemTable(problems: readonly JsonObject[]): readonly string[] {
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => {
    const { position } = problem;
    const place = isObject(position)
      ? `${textOf(position.file)}:${textOf(position.line)}:${textOf(position.column)}`
      : textOf(problem.address);
    const cells = [
      textOf(problem.severity),
      code(textOf(problem.code)),
      code(place),
      prose(truncate(textOf(problem.message), 300, '…')),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const rest = problems.length - shown.length;
  return [
    '| | code | where | what |',
    '|---|---|---|---|',
    ...shown,
    ...(rest > 0 ? ['', `and ${count(rest, 'more problem')}.`] : []),
  ];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
