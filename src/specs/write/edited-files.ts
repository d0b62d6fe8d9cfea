import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isArray, isObject, type Json, type Path } from '../../model/json.ts';
import type { SpecDocument } from '../documents/documents.ts';
import { filePaths } from '../documents/file-references.ts';
import { createInclude } from '../documents/include.ts';
import { createLocate, makeSource, positionAt } from '../documents/source.ts';
import { interpolate } from '../documents/variables.ts';
import type { OpenSpecs } from '../load/load.ts';
import { PROJECT_FILE } from '../project/project.ts';
import { occurrences } from './restore-variables.ts';

/** The files of a project while they are edited in memory. Paths are relative to the project. */
export interface Files {
  readonly projectFile: string;
  /** The present text, edits included. A byte order mark is kept aside and comes back in `edited`. */
  read(file: string): string;
  write(file: string, text: string): void;
  /** A new file; false, and nothing done, where there is one already. */
  create(file: string, text: string): boolean;
  /** Every file that was changed, with its text. */
  edited(): ReadonlyMap<string, string>;
  /** Line of a path in a document as it was read. */
  lineOf(document: SpecDocument, path: Path): number;
  projectLine(path: Path): number;
  /** The text file that a `$file` names; undefined when it cannot be read. */
  include(yamlFile: string, path: string): string | undefined;
  /** In how many places a text file is included. */
  usersOf(file: string): number;
  /** How often documents and included texts use a variable. */
  usesOfVariable(name: string): number;
}

/** Nothing is written to disk here. */
export function openFiles({ project, folder }: OpenSpecs): Files {
  const include = createInclude(project.root);
  const original = new Map<string, { readonly text: string; readonly bom: string }>();
  const changed = new Map<string, string>();
  const readOriginal = (file: string): { readonly text: string; readonly bom: string } => {
    const known = original.get(file);
    if (known !== undefined) return known;
    const raw = readFileSync(join(project.root, file), 'utf8');
    const bom = raw.startsWith('\uFEFF') ? '\uFEFF' : '';
    const read = { text: raw.slice(bom.length), bom };
    original.set(file, read);
    return read;
  };
  const includes = folder.documents.flatMap((document) =>
    pathsIn(document.body).flatMap((path) => {
      const { each } = document;
      const scope = { variables: project.environment.variables, ...(each === undefined ? {} : { each }) };
      const found = include(document.source.file, interpolate(path, scope).text);
      return 'text' in found ? [found] : [];
    }),
  );
  const projectLocate = createLocate();
  return {
    projectFile: PROJECT_FILE,
    read: (file) => changed.get(file) ?? readOriginal(file).text,
    write: (file, text) => changed.set(file, text),
    create: (file, text) => {
      if (changed.has(file) || existsSync(join(project.root, file))) return false;
      original.set(file, { text: '', bom: '' });
      changed.set(file, text);
      return true;
    },
    edited: () =>
      new Map(
        [...changed]
          .filter(([file, text]) => text !== readOriginal(file).text)
          .map(([file, text]) => [file, readOriginal(file).bom + text]),
      ),
    lineOf: ({ source, index, position }, path) => {
      const located = folder.locate(source, index, path);
      return located === undefined ? position.line : positionAt(source, located.start).line;
    },
    projectLine: (path) => {
      const source = makeSource(PROJECT_FILE, readOriginal(PROJECT_FILE).text);
      const located = projectLocate(source, 0, path);
      return located === undefined ? 1 : positionAt(source, located.start).line;
    },
    include: (yamlFile, path) => {
      const found = include(yamlFile, path);
      return 'text' in found ? found.file : undefined;
    },
    usersOf: (file) => includes.filter((found) => found.file === file).length,
    usesOfVariable: (name) => {
      const documents = folder.documents.map(({ body }) => usesIn(body, name));
      const texts = new Map(includes.map(({ file, text }) => [file, occurrences(text, name)]));
      const others = Object.values(project.environment.variableOrigins);
      const variables = others.map(({ raw }) => occurrences(raw, name));
      return [...documents, ...texts.values(), ...variables].reduce((sum, count) => sum + count, 0);
    },
  };
}

/** The paths of every `$file` in a value. */
function pathsIn(value: Json): readonly string[] {
  if (isArray(value)) return value.flatMap(pathsIn);
  if (!isObject(value)) return [];
  return filePaths(value) ?? Object.values(value).flatMap(pathsIn);
}

function usesIn(value: Json, name: string): number {
  if (typeof value === 'string') return occurrences(value, name);
  const members = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return members.reduce<number>((sum, member) => sum + usesIn(member, name), 0);
}
