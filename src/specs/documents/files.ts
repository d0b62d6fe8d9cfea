import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { FailureCode } from '../../model/codes/failure-codes.ts';
import type { SpecCode } from '../../model/codes/spec-codes.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { Failure } from '../../model/errors.ts';
import { privatePart } from '../../model/private-path.ts';
import { systemReason } from '../problems/text.ts';

export interface SpecFile {
  /** Absolute path to read. */
  readonly path: string;
  /** Relative to the project, with forward slashes. */
  readonly file: string;
}

export interface SpecFiles {
  readonly files: readonly SpecFile[];
  readonly problems: readonly Diagnostic[];
}

/**
 * Every `*.yaml` and `*.yml` below the specs folder, sorted; folders whose name starts with a dot and
 * `node_modules` are skipped, and so are project files and what `ignore` names: globs relative to the project or to
 * the specs folder, in which `*` stays within a folder and `**` does not, or a folder as a whole. Symbolic links are followed only inside the project.
 * Fails with `Failure('spec')` when the folder itself is missing, unreadable or outside the project: a folder
 * that cannot be read must never look like an empty one.
 */
export function listSpecFiles(root: string, specs: string, ignore: readonly string[] = []): SpecFiles {
  const folder = join(root, specs);
  const rootReal = realpathSync(root);
  let folderReal: string;
  try {
    folderReal = realpathSync(folder);
    if (!statSync(folderReal).isDirectory()) throw new Error('it is not a folder');
  } catch (error) {
    throw unusable('SPECS_MISSING', specs, `cannot be read: ${systemReason(error)}`, error);
  }
  if (!isInside(rootReal, folderReal)) throw unusable('FILE_OUTSIDE', specs, 'lies outside the project');
  const listing: Listing = { rootReal, root, files: [], problems: [], visited: new Set([folderReal]) };
  try {
    walkFolder(folder, listing);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unusable('SPECS_UNREADABLE', specs, `cannot be read: ${systemReason(error)}`, error);
  }
  const ignored = ignore.map(pathPattern);
  const below = specs === '.' ? '' : `${displayPath(root, folder)}/`;
  const isIgnored = ({ file }: SpecFile): boolean =>
    ignored.some((pattern) => pattern.test(file) || pattern.test(file.slice(below.length)));
  const files = listing.files.filter((file) => !isIgnored(file));
  return { files: files.sort((a, b) => (a.file < b.file ? -1 : 1)), problems: listing.problems };
}

/** A glob as a pattern over paths with forward slashes; what it names with all that is below. */
function pathPattern(glob: string): RegExp {
  const source = glob
    .replace(/^\.?\//, '')
    .replace(/\/+$/, '')
    .replace(/\*\*\/|\*\*|[.*+?^${}()|[\]\\]/g, (part) => PATTERNS[part] ?? `\\${part}`);
  return new RegExp(`^${source}(/|$)`);
}

const PATTERNS: { readonly [part: string]: string } = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
};

/** True when `path` is `folder` or lies below it; both absolute and free of symbolic links. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The path as shown to users: relative to the project, with forward slashes. */
export function displayPath(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

interface Listing {
  readonly root: string;
  readonly rootReal: string;
  readonly files: SpecFile[];
  readonly problems: Diagnostic[];
  readonly visited: Set<string>;
}

function walkFolder(folder: string, listing: Listing): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) followLink(path, entry, listing);
    else if (entry.isDirectory()) enterFolder(path, entry.name, listing);
    else if (isYamlName(entry.name)) addFile(path, listing);
    else if (isYamlName(entry.name.toLowerCase())) reportExtension(path, listing);
  }
}

function enterFolder(path: string, name: string, listing: Listing): void {
  if (!name.startsWith('.') && name !== 'node_modules') walkFolder(path, listing);
}

function followLink(path: string, entry: Dirent, listing: Listing): void {
  let target: string;
  let folder: boolean;
  try {
    target = realpathSync(path);
    folder = statSync(target).isDirectory();
  } catch (error) {
    if (!isYamlName(entry.name)) return;
    report(listing, path, 'FILE_UNREADABLE', `the symbolic link cannot be followed: ${systemReason(error)}`);
    return;
  }
  if (!folder && !isYamlName(entry.name)) return;
  if (!isInside(listing.rootReal, target)) {
    report(listing, path, 'FILE_OUTSIDE', 'the symbolic link leaves the project; specs must lie inside it');
    return;
  }
  if (privatePart(displayPath(listing.rootReal, target)) !== undefined) {
    const message = 'the symbolic link leads to where credentials and programs are kept; no spec lies there';
    report(listing, path, 'FILE_PRIVATE', message);
    return;
  }
  if (!folder) {
    addFile(path, listing);
    return;
  }
  if (listing.visited.has(target)) return;
  listing.visited.add(target);
  enterFolder(path, entry.name, listing);
}

function isYamlName(name: string): boolean {
  return !name.startsWith('.') && /\.ya?ml$/.test(name) && name !== 'assistantctl.yaml';
}

function addFile(path: string, listing: Listing): void {
  listing.files.push({ path, file: displayPath(listing.root, path) });
}

function report(listing: Listing, path: string, code: SpecCode, message: string): void {
  const position = { file: displayPath(listing.root, path), line: 1, column: 1 };
  listing.problems.push({ severity: 'error', code, message, position });
}

/** A file that whoever wrote it takes for a document. */
function reportExtension(path: string, listing: Listing): void {
  const file = displayPath(listing.root, path);
  listing.problems.push({
    severity: 'warning',
    code: 'FILE_EXTENSION',
    message: `${file} is not read, because its extension is not spelt .yaml or .yml`,
    position: { file, line: 1, column: 1 },
    hint: 'rename it in lower case',
  });
}

function unusable(code: FailureCode, specs: string, reason: string, cause?: unknown): Failure {
  return new Failure('spec', `the specs folder ${specs} ${reason}`, {
    code,
    hint:
      code === 'SPECS_MISSING'
        ? 'assistantctl pull --adopt makes it from the account; or create it, or set specs: in assistantctl.yaml to the folder that holds the documents'
        : 'set specs: in assistantctl.yaml to the folder that holds the documents',
    ...(cause === undefined ? {} : { cause }),
  });
}
