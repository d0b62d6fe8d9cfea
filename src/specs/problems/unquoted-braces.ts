import type { TextProblem } from './problem.ts';

/** A value, after a key or as the element of a list, that begins with {{ and is not quoted. */
const VALUE = /^(\s*(?:-\s+)*(?:[^\s#'"{[-][^:#]*:\s+)?)(\{\{.*)$/;
const INSIDE = /[[,:]\s*(\{\{[^{}]*\}\})/;

/**
 * A text that begins with a dynamic variable needs quotes, because to YAML {{ begins a mapping. Says so instead of what
 * the parser met afterwards.
 */
export function namingBraces(problem: TextProblem, text: string): TextProblem {
  if (problem.code !== 'YAML_SYNTAX' && problem.code !== 'YAML_KEY_TYPE') return problem;
  const start = text.lastIndexOf('\n', problem.offset - 1) + 1;
  const newline = text.indexOf('\n', start);
  const line = text.slice(start, newline < 0 ? undefined : newline).replace(/\r$/, '');
  const [, before = '', value] = VALUE.exec(line) ?? [];
  const [, inside] = INSIDE.exec(line) ?? [];
  // A whole line to write is said already.
  const isSaid = problem.hint?.startsWith('write ') === true;
  if (value === undefined && (inside === undefined || isSaid)) return problem;
  const message = 'a text that begins with {{ needs quotes: to YAML {{ begins a mapping';
  const { severity } = problem;
  if (value === undefined) {
    return {
      severity,
      code: 'YAML_SYNTAX',
      message,
      offset: problem.offset,
      hint: `put the text in quotes: "${inside}"`,
    };
  }
  const quoted = value.includes('"') ? `'${value.trimEnd().replaceAll("'", "''")}'` : `"${value.trimEnd()}"`;
  return {
    severity,
    code: 'YAML_SYNTAX',
    message,
    offset: start + before.length,
    hint: `write ${before.trim()}${before.trim() === '' ? '' : ' '}${quoted}`,
  };
}
