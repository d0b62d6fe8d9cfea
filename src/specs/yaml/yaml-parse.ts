/**
 * Text to YAML documents, within bounds. The `yaml` package is driven lexeme by lexeme instead of through its
 * one-call front, because only there can nesting and the amount of work be limited before they hurt: ten
 * thousand opening brackets overflow its recursive composer, and a megabyte of commas takes it seconds.
 * Its quadratic duplicate-key check is off; yaml-value.ts does that in one pass.
 */

import { Composer, type CST, type Document, Lexer, type ParsedNode, Parser, type YAMLError } from 'yaml';
import type { TextProblem } from '../problems/problem.ts';
import { slipAt } from './yaml-slips.ts';

const MAX_DEPTH = 128;
const MAX_LEXEMES = 400_000;
const MAX_DOCUMENTS = 5000;
const MAX_PROBLEMS = 10;

export type YamlDocument = Document.Parsed<ParsedNode>;

export interface ParsedYaml {
  readonly documents: readonly YamlDocument[];
  /** Problems of the text as a whole; when there is one, `documents` is not complete. */
  readonly problems: readonly TextProblem[];
}

class Bound extends Error {
  readonly problem: TextProblem;
  constructor(problem: TextProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Parses a stream of YAML 1.2 documents (core schema). Never throws; syntax problems are on the documents. */
export function parseYaml(text: string): ParsedYaml {
  const documents: YamlDocument[] = [];
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false });
  try {
    for (const document of composer.compose(boundedTokens(text), false, text.length)) {
      documents.push(document);
      if (documents.length > MAX_DOCUMENTS) return { documents: [], problems: [tooMuch(document.range[0])] };
    }
    return { documents, problems: [] };
  } catch (error) {
    if (error instanceof Bound) return { documents, problems: [error.problem] };
    const problem: TextProblem = {
      severity: 'error',
      code: 'YAML_SYNTAX',
      message: `the YAML cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      offset: 0,
    };
    return { documents, problems: [problem] };
  }
}

function* boundedTokens(text: string): Generator<CST.Token, void> {
  const parser = new Parser();
  let lexemes = 0;
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') errors += 1;
      yield token;
    }
    if (parser.stack.length > MAX_DEPTH) {
      const message = `values are nested more than ${MAX_DEPTH} levels deep`;
      throw new Bound({ severity: 'error', code: 'YAML_TOO_DEEP', message, offset: parser.offset });
    }
    lexemes += 1;
    if (lexemes > MAX_LEXEMES || errors > 1000) {
      throw new Bound(tooMuch(parser.offset));
    }
  }
  yield* parser.end();
}

function tooMuch(offset: number): TextProblem {
  const message = 'the file holds more YAML than one file may; split it into several files';
  return { severity: 'error', code: 'FILE_TOO_LARGE', message, offset };
}

/** The syntax problems of one document, one a line and at most a handful: one slip often makes many. */
export function syntaxProblems(document: YamlDocument, text: string): readonly TextProblem[] {
  const problems: TextProblem[] = [];
  let lineEnd = -1;
  for (const error of document.errors) {
    if (error.pos[0] <= lineEnd) continue;
    const newline = text.indexOf('\n', error.pos[0]);
    lineEnd = newline < 0 ? text.length : newline;
    problems.push(describe(error, text));
    if (problems.length === MAX_PROBLEMS) break;
  }
  return problems;
}

function describe(error: YAMLError, text: string): TextProblem {
  const offset = error.pos[0];
  const at = { severity: 'error', offset } as const;
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset + 1);
  if (error.code === 'TAB_AS_INDENT' || /^\s*\t/.test(line)) {
    const tab = text.lastIndexOf('\n', offset - 1) + 1 + Math.max(0, line.indexOf('\t'));
    const message = 'a tab is used for indentation; YAML allows only spaces there';
    const hint = 'write two spaces for each tab, and let the editor do so for YAML';
    return { ...at, offset: line.includes('\t') ? tab : offset, code: 'YAML_TAB', message, hint };
  }
  if (error.code === 'TAG_RESOLVE_FAILED')
    return { ...at, code: 'YAML_TAG', message: lowerFirst(error.message) };
  if (error.code === 'BAD_ALIAS')
    return { ...at, code: 'YAML_ALIAS_UNKNOWN', message: lowerFirst(error.message) };
  if (/[{[].*\$\{var\./.test(text.slice(offset - line.length + 1, offset + 20))) {
    const message = 'inside { } and [ ] a text with ${var.…} needs quotes';
    return { ...at, code: 'YAML_SYNTAX', message, hint: 'put the whole text in quotes' };
  }
  const [, closing] = /end with a ([\]}])/.exec(error.message) ?? [];
  if (closing !== undefined) {
    const opening = closing === '}' ? '{' : '[';
    const message = `the ${closing} that closes a ${opening} above is missing, or not indented`;
    return { ...at, code: 'YAML_SYNTAX', message };
  }
  const quoted = error.code === 'BLOCK_AS_IMPLICIT_KEY' ? quotedLine(text, offset) : undefined;
  if (quoted !== undefined) {
    const message = 'a text with ": " in it needs quotes: to YAML it begins a mapping';
    return { ...at, code: 'YAML_SYNTAX', message, hint: `write ${quoted}` };
  }
  const slip = slipAt(offset, text);
  if (slip !== undefined) return { ...at, code: 'YAML_SYNTAX', ...slip };
  const sentence = SENTENCES[error.code];
  if (sentence === undefined) return { ...at, code: 'YAML_SYNTAX', message: lowerFirst(error.message) };
  return { ...at, code: 'YAML_SYNTAX', ...sentence };
}

/** The line at an offset with its value in quotes; undefined where it is no `key: a text: with a colon`. */
function quotedLine(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', start);
  const line = text.slice(start, newline < 0 ? undefined : newline).trim();
  const [, key = '', value = ''] = /^((?:- +)?[\w$.-]+:) +([^\s'"[{|>&*!].*)$/.exec(line) ?? [];
  if (!/\S: \S/.test(value) || value.length > 90 || / #/.test(value)) return undefined;
  return `${key} ${value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`}`;
}

const SENTENCES: { readonly [code: string]: { readonly message: string; readonly hint?: string } } = {
  BAD_INDENT: { message: 'the indentation does not fit the lines above' },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key must be on one line and be followed by ": "',
    hint: 'a text with a colon needs quotes; a long text is best written as a block after |',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second ": " on one line makes a mapping inside a value',
    hint: 'put the text in quotes, or the nested mapping on lines of its own',
  },
  BAD_SCALAR_START: {
    message: 'a plain text cannot start with this character',
    hint: 'put the text in quotes',
  },
  BAD_DQ_ESCAPE: {
    message: 'unknown escape sequence in a double-quoted text',
    hint: 'double the backslash, or use single quotes',
  },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1,024 characters' },
};

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
