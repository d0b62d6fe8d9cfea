/** YAML, and Markdown that begins with YAML, to a value with lines. */
import { isObject } from '../../model/json.ts';
import { lineIndex } from '../../specs/problems/line-index.ts';
import { locatePath } from '../../specs/yaml/yaml-locate.ts';
import { parseYaml, syntaxProblems } from '../../specs/yaml/yaml-parse.ts';
import { yamlValue } from '../../specs/yaml/yaml-value.ts';
import type { SourceRead } from './source-file.ts';

/** The member under which the text below the front matter of a Markdown file is found. */
export const MARKDOWN_BODY = '$body';

/** Reads the first document of a YAML file. */
export function readYamlText(name: string, text: string): SourceRead {
  const lines = lineIndex(text);
  const { documents, problems } = parseYaml(text);
  const [document] = documents;
  const [first] = problems;
  if (first !== undefined) return { problem: { ...lines(first.offset), message: first.message } };
  if (document === undefined) return { source: { name, value: null, lineOf: () => 1 } };
  const [syntax] = syntaxProblems(document, text);
  if (syntax !== undefined) return { problem: { ...lines(syntax.offset), message: syntax.message } };
  const { value, problems: wrong } = yamlValue(document.contents, text);
  const [bad] = wrong;
  if (bad !== undefined) return { problem: { ...lines(bad.offset), message: bad.message } };
  return { source: { name, value, lineOf: (path) => lines(locatePath(document, path).keyOffset).line } };
}

/** A Markdown file with YAML between `---` lines at its beginning; undefined when it has none. */
export function readMarkdownText(name: string, text: string): SourceRead | undefined {
  const match = /^---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/m.exec(text);
  if (match === null || match.index !== 0) return undefined;
  const [head, yaml = ''] = match;
  const read = readYamlText(name, yaml);
  if ('problem' in read) return { problem: { ...read.problem, line: read.problem.line + 1 } };
  const body = text.slice(head.length);
  const trimmed = body.replace(/^(?:[ \t]*\r?\n)+/, '');
  const bodyLine = countLines(head) + countLines(body.slice(0, body.length - trimmed.length));
  const members = isObject(read.source.value) ? read.source.value : {};
  const { source } = read;
  return {
    source: {
      name,
      value: { ...members, [MARKDOWN_BODY]: trimmed.trimEnd() },
      lineOf: (path) => (path[0] === MARKDOWN_BODY ? bodyLine + 1 : source.lineOf(path) + 1),
    },
  };
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
