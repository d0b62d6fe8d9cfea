import type { Diagnostic, Position, Severity } from '../../model/diagnostic.ts';
import { compareNaturally } from '../../model/natural-order.ts';
import { count, finish, type Ink, number, paint, type Style, usableWidth } from './style.ts';
import { visible } from './visible.ts';
import { displayWidth, truncate } from './width.ts';

/** Diagnostics for terminals and logs (`file:line:col severity CODE message`) and as GitHub annotations. */

/** Gives the text of a file of the project when it is at hand. */
export type SourceText = (file: string) => string | undefined;

const URGENCY: { readonly [severity in Severity]: number } = { error: 0, warning: 1, info: 2 };

const INKS: { readonly [severity in Severity]: Ink } = { error: 'red', warning: 'yellow', info: 'cyan' };

/** By place in the project; what has no place comes last, by address. */
function sorted(list: readonly Diagnostic[]): readonly Diagnostic[] {
  return list.toSorted((a, b) => {
    if (a.position === undefined || b.position === undefined) {
      const apart = Number(a.position === undefined) - Number(b.position === undefined);
      return apart || compareNaturally(a.address ?? '', b.address ?? '');
    }
    const byPlace = a.position.line - b.position.line || a.position.column - b.position.column;
    return compareNaturally(a.position.file, b.position.file) || byPlace;
  });
}

/** Those of one code and severity, in their order. */
interface DiagnosticGroup {
  readonly severity: Severity;
  readonly code: string;
  readonly list: readonly Diagnostic[];
  /** The hint of all of them, said once. */
  readonly hint: string | undefined;
}

/** Errors first, then warnings, then remarks; within these the code that is met first comes first. */
function grouped(list: readonly Diagnostic[]): readonly DiagnosticGroup[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of sorted(list)) {
    const key = `${URGENCY[diagnostic.severity]} ${diagnostic.code}`;
    groups.set(key, [...(groups.get(key) ?? []), diagnostic]);
  }
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const { severity, code, hint } = first;
      const shared = members.every((member) => member.hint === hint) ? hint : undefined;
      return [{ severity, code, list: members, hint: shared }];
    })
    .toSorted((a, b) => URGENCY[a.severity] - URGENCY[b.severity]);
}

function place(diagnostic: Diagnostic): string {
  const { position, address, message } = diagnostic;
  if (position !== undefined) return `${visible(position.file)}:${position.line}:${position.column} `;
  return address === undefined || message.startsWith(address) ? '' : `${visible(address)} `;
}

/** The source line with a caret below the column; long lines are cut around it. */
function frame(position: Position, style: Style, source: SourceText): readonly string[] {
  const raw = source(position.file)?.split('\n')[position.line - 1];
  if (raw === undefined || raw.trim() === '') return [];
  const gutter = `  ${position.line} | `;
  const room = usableWidth(style) - gutter.length;
  const skipped = position.column > room - 10 ? Math.max(0, position.column - Math.floor(room / 2)) : 0;
  const before = visible(raw.slice(skipped, position.column - 1));
  const line = truncate(
    before + visible(raw.slice(Math.max(skipped, position.column - 1)).trimEnd()),
    room,
    '',
  );
  const bar = `${' '.repeat(gutter.length - 2)}| `;
  const caret = ' '.repeat(displayWidth(before)) + paint(style, 'red', '^');
  return [paint(style, 'dim', gutter) + line, paint(style, 'dim', bar) + caret];
}

/** Lines without the count: grouped by code, each group with its hint. */
export function diagnosticLines(
  list: readonly Diagnostic[],
  style: Style,
  source?: SourceText,
): readonly string[] {
  return grouped(list).flatMap(({ list: members, hint: shared }) => [
    ...members.flatMap((diagnostic) => {
      const severity = paint(style, INKS[diagnostic.severity], diagnostic.severity);
      const text = `${severity} ${visible(diagnostic.code)} ${visible(diagnostic.message)}`;
      const { position, hint } = diagnostic;
      return [
        paint(style, 'bold', place(diagnostic)) + text,
        ...(source === undefined || position === undefined ? [] : frame(position, style, source)),
        ...(shared === undefined ? hintLine(hint, style) : []),
      ];
    }),
    ...hintLine(shared, style),
  ]);
}

function hintLine(hint: string | undefined, style: Style): readonly string[] {
  return hint === undefined ? [] : [`    ${paint(style, 'dim', `hint: ${visible(hint)}`)}`];
}

/** So many of one code are shown among the remarks of a plan. */
const MOST_ALIKE = 5;

/** Warnings and remarks of a plan, which are beside the point: each code once, with its first places and its hint. */
export function remarkLines(list: readonly Diagnostic[], style: Style): readonly string[] {
  return grouped(list).flatMap(({ severity, code, list: members, hint }) => {
    const sign = paint(style, INKS[severity], severity);
    const [first] = members;
    if (members.length === 1 && first !== undefined) return diagnosticLines([first], style);
    const shown = members.slice(0, MOST_ALIKE);
    const rest = members.length - shown.length;
    const more = rest === 0 ? [] : [`    and ${number(rest)} more: --format json has all of them`];
    return [
      `${sign} ${visible(code)} (${number(members.length)})`,
      ...shown.flatMap((diagnostic) => [
        `    ${paint(style, 'bold', place(diagnostic))}${visible(diagnostic.message)}`,
        ...(hint === undefined ? hintLine(diagnostic.hint, style) : []),
      ]),
      ...more,
      ...hintLine(hint, style),
    ];
  });
}

function countLine(list: readonly Diagnostic[]): string {
  const of = (severity: Severity): number => list.filter((item) => item.severity === severity).length;
  const parts = [
    ...(of('error') > 0 ? [count(of('error'), 'error')] : []),
    ...(of('warning') > 0 ? [count(of('warning'), 'warning')] : []),
    ...(of('info') > 0 ? [count(of('info'), 'remark')] : []),
  ];
  return parts.join(', ');
}

/**
 * One diagnostic a line, never wrapped, so that editors and grep find them; hints and, when `source` is given, the
 * source line follow indented. Ends with the counts. Empty text for an empty list.
 */
export function renderDiagnostics(list: readonly Diagnostic[], style: Style, source?: SourceText): string {
  if (list.length === 0) return '';
  return finish([...diagnosticLines(list, style, source), paint(style, 'bold', countLine(list))]);
}

/** Keeps line breaks, which the annotation form can carry, and makes all else visible. */
function annotationText(text: string): string {
  const lines = text.split(/\r?\n/).map(visible);
  return lines.join('\n').replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function annotationProperty(text: string): string {
  return visible(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const COMMANDS: { readonly [severity in Severity]: string } = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

/** GitHub shows ten annotations of a kind for one step. */
const MOST_ANNOTATIONS = 10;

/**
 * Workflow commands of GitHub Actions, escaped by the rules of its toolkit; each ends with a newline. Errors come
 * first, and what is beyond the tenth is counted on a last line that is no command.
 */
export function renderGithubAnnotations(list: readonly Diagnostic[]): string {
  const urgent = sorted(list).toSorted((a, b) => URGENCY[a.severity] - URGENCY[b.severity]);
  const rest = urgent.length - MOST_ANNOTATIONS;
  const more =
    rest > 0 ? `and ${count(rest, 'more problem')}: assistantctl validate lists all of them\n` : '';
  return urgent
    .slice(0, MOST_ANNOTATIONS)
    .map((diagnostic) => {
      const { position, address, hint } = diagnostic;
      const properties = [
        ...(position === undefined
          ? []
          : [`file=${annotationProperty(position.file)}`, `line=${position.line}`, `col=${position.column}`]),
        `title=${annotationProperty(diagnostic.code)}`,
      ];
      const subject = position === undefined && address !== undefined ? `${address}: ` : '';
      const message = `${subject}${diagnostic.message}${hint === undefined ? '' : `\n${hint}`}`;
      return `::${COMMANDS[diagnostic.severity]} ${properties.join(',')}::${annotationText(message)}\n`;
    })
    .concat(more)
    .join('');
}
