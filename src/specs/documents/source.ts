import type { Position } from '../../model/diagnostic.ts';
import { type Path, toPointer } from '../../model/json.ts';
import { type LineIndex, lineIndex } from '../problems/line-index.ts';
import { type Located, locatePath } from '../yaml/yaml-locate.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml-parse.ts';

/** A YAML file as it was read. */
export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  readonly text: string;
  readonly lines: LineIndex;
}

export function makeSource(file: string, text: string): SourceFile {
  return { file, text, lines: lineIndex(text) };
}

/** Position of an offset into a file's text. */
export function positionAt(source: SourceFile, offset: number): Position {
  return { file: source.file, ...source.lines(offset) };
}

/** Finds a path in one document of a file; undefined when that document cannot be parsed any more. */
export type Locate = (source: SourceFile, documentIndex: number, path: Path) => Located | undefined;

/**
 * Positions are asked for when something is wrong, which is rare; syntax trees are large. So the trees of the
 * happy path are dropped and a file is parsed again when a position in it is wanted. The last few are kept, and so is
 * every answer: what is wrong in one environment is mostly wrong in all of them.
 */
export function createLocate(parse: (text: string) => readonly YamlDocument[] = documentsOf): Locate {
  const recent = new Map<SourceFile, readonly YamlDocument[]>();
  const answers = new Map<SourceFile, Map<string, Located | undefined>>();
  const find: Locate = (source, documentIndex, path) => {
    const documents = recent.get(source) ?? parse(source.text);
    recent.delete(source);
    recent.set(source, documents);
    for (const oldest of recent.keys()) {
      if (recent.size <= 8) break;
      recent.delete(oldest);
    }
    const document = documents[documentIndex];
    return document === undefined ? undefined : locatePath(document, path);
  };
  return (source, documentIndex, path) => {
    const known = answers.get(source) ?? new Map<string, Located | undefined>();
    answers.set(source, known);
    const question = `${documentIndex}${toPointer(path)}`;
    if (!known.has(question)) known.set(question, find(source, documentIndex, path));
    return known.get(question);
  };
}

function documentsOf(text: string): readonly YamlDocument[] {
  return parseYaml(text).documents;
}
