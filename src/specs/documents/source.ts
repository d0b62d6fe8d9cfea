import type { Position } from '../../model/diagnostic.ts';
import type { Path } from '../../model/json.ts';
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
 * happy path are dropped and a file is parsed again when a position in it is wanted. The last few are kept.
 */
export function createLocate(): Locate {
  const recent = new Map<SourceFile, readonly YamlDocument[]>();
  return (source, documentIndex, path) => {
    const documents = recent.get(source) ?? parseYaml(source.text).documents;
    recent.delete(source);
    recent.set(source, documents);
    for (const oldest of recent.keys()) {
      if (recent.size <= 8) break;
      recent.delete(oldest);
    }
    const document = documents[documentIndex];
    return document === undefined ? undefined : locatePath(document, path);
  };
}
