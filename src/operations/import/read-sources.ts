/** Files and folders that the user named, as values with lines. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { readJsonText } from '../../convert/source/json-text.ts';
import type { ImportedFile, SourceRead } from '../../convert/source/source-file.ts';
import { readMarkdownText, readYamlText } from '../../convert/source/yaml-text.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import { readSpecText, systemReason } from '../../specs/problems/text.ts';

/** Larger than any export. */
const MAX_BYTES = 64 * 1_048_576;
const MAX_FILES = 5000;

/** Folders in which no export lies. */
const SKIPPED = /^(\.|node_modules$|__pycache__$|dist$|build$)/;

/** Files of a project that are its own and no export. */
const OWN_FILES =
  /^(package(-lock)?|tsconfig.*|biome|composer|deno|jsconfig)\.json$|\.schema\.json$|(^|\/)pnpm-lock\.yaml$/;

export interface Sources {
  readonly files: readonly ImportedFile[];
  /** What is wrong with single files of a folder. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A named file that cannot be read ends the command; in a named folder it is a diagnostic. */
export function readSources(cwd: string, names: readonly string[]): Sources {
  const files = new Map<string, ImportedFile>();
  const seen = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const path = resolve(cwd, name);
    const folder = isFolder(path, name);
    for (const file of folder ? listed(path) : [path]) {
      if (seen.has(file)) continue;
      seen.add(file);
      const shown = display(cwd, path, file, files);
      const read = readSource(shown, file);
      if (read === undefined) continue;
      if ('source' in read) files.set(shown, read.source);
      else if (folder) diagnostics.push(unreadable(shown, read.problem));
      else throw failed(shown, read.problem);
    }
  }
  return { files: [...files.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), diagnostics };
}

function isFolder(path: string, name: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw new Failure('usage', `${name} cannot be read: ${systemReason(cause)}`, {
      code: 'FILE_READ',
      hint: 'check the path; it is relative to the working directory',
      cause,
    });
  }
}

/** Sorted, so that the same folder gives the same documents everywhere. */
function listed(folder: string): readonly string[] {
  const found: string[] = [];
  const walk = (path: string): void => {
    const entries = readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const inner = join(path, entry.name);
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) walk(inner);
      if (entry.isFile() && /\.(jsonc?|ya?ml|md)$/i.test(entry.name) && !OWN_FILES.test(entry.name))
        found.push(inner);
      if (found.length > MAX_FILES) {
        throw new Failure('usage', `${folder} has more than ${MAX_FILES} files that could be exports`, {
          code: 'IMPORT_TOO_MANY',
          hint: 'name the folder in which the exports lie',
        });
      }
    }
  };
  walk(folder);
  return found;
}

/** Undefined for Markdown without front matter: that is a text for people. */
function readSource(name: string, path: string): SourceRead | undefined {
  const read = readSpecText(path, MAX_BYTES);
  if ('code' in read) return { problem: { line: 1, column: 1, message: read.message } };
  if (/\.md$/i.test(path)) return readMarkdownText(name, read.text);
  if (/\.ya?ml$/i.test(path)) return readYamlText(name, read.text);
  return readJsonText(name, read.text);
}

function unreadable(
  file: string,
  problem: { readonly line: number; readonly column: number; readonly message: string },
): Diagnostic {
  const { line, column, message } = problem;
  return { severity: 'warning', code: 'IMPORT_UNREADABLE', message, position: { file, line, column } };
}

function failed(
  file: string,
  problem: { readonly line: number; readonly column: number; readonly message: string },
): Failure {
  const { line, column, message } = problem;
  return new Failure('usage', `${file}:${line}:${column} cannot be imported: ${message}`, {
    code: 'IMPORT_UNREADABLE',
    hint: 'export the file again, or correct it at that place',
  });
}

/**
 * As the user would type it: relative to the working directory where the file lies below it, else from the named
 * path on. Two files never share a name.
 */
function display(cwd: string, named: string, path: string, taken: ReadonlyMap<string, ImportedFile>): string {
  const below = relative(cwd, path);
  const outside = below.startsWith('..') || isAbsolute(below);
  const parts = (outside ? relative(dirname(named), path) : below).split(sep);
  let shown = parts.join('/');
  for (
    let folder = dirname(named);
    taken.has(shown) && folder !== dirname(folder);
    folder = dirname(folder)
  ) {
    shown = `${basename(dirname(folder))}/${shown}`;
  }
  return shown;
}
