import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { brokenText } from '../../model/broken-text.ts';
import type { SpecCode } from '../../model/codes/spec-codes.ts';
import { privatePart } from '../../model/private-path.ts';
import { lineIndex } from '../problems/line-index.ts';
import { nearest } from '../problems/suggest.ts';
import { readSpecText, systemReason } from '../problems/text.ts';
import { displayPath, isInside } from './files.ts';

const MAX_INCLUDE_BYTES = 1_048_576;

export type Included =
  | { readonly text: string; readonly file: string }
  | {
      readonly code: SpecCode;
      readonly message: string;
      readonly hint?: string;
      /** A place inside the included file, when the file itself is at fault. */
      readonly at?: { readonly file: string; readonly line: number; readonly column: number };
    };

/** Reads the text file that a `{ $file }` names, relative to the YAML file it is written in. */
export type Include = (yamlFile: string, path: string) => Included;

/**
 * Included files are UTF-8 text of at most 1 MiB inside the project, also after symbolic links; Windows line
 * ends become `\n`. Each file is read once.
 */
export function createInclude(root: string): Include {
  const rootReal = realpathSync(root);
  const known = new Map<string, Included>();
  // A disk that finds the project file under this name takes any case for any other, and the pipeline's does not.
  const blindToCase = existsSync(join(root, 'ASSISTANTCTL.YAML'));
  return (yamlFile, path) => {
    if (path === '') return { code: 'FILE_MISSING', message: '$file names no file' };
    const wanted = resolve(join(root, dirname(yamlFile)), path);
    if (isAbsolute(path) || !isInside(resolve(root), wanted)) return outside(path);
    if (privatePart(displayPath(resolve(root), wanted)) !== undefined) return forbidden(path);
    const earlier = known.get(wanted);
    if (earlier !== undefined) return earlier;
    const included =
      (blindToCase ? otherSpelling(wanted, path) : undefined) ??
      read(root, rootReal, wanted, path, dirname(yamlFile));
    known.set(wanted, included);
    return included;
  };
}

function read(root: string, rootReal: string, wanted: string, path: string, folder: string): Included {
  let real: string;
  try {
    real = realpathSync(wanted);
    if (!isInside(rootReal, real)) return outside(path);
    if (privatePart(displayPath(rootReal, real)) !== undefined) return forbidden(path);
    if (statSync(real).isDirectory()) {
      return { code: 'FILE_UNREADABLE', message: `${path} is a folder; $file names a text file` };
    }
  } catch (error) {
    return {
      code: 'FILE_MISSING',
      message: `the file ${path} cannot be read: ${systemReason(error)}`,
      hint: missingHint(wanted, path) ?? fromRootHint(root, folder, path),
    };
  }
  const file = displayPath(root, wanted);
  const found = readSpecText(real, MAX_INCLUDE_BYTES);
  if ('code' in found) {
    const problem = { code: found.code, message: `${path}: ${found.message}` };
    if (found.code !== 'FILE_NOT_UTF8' && found.code !== 'FILE_NUL') return problem;
    return { ...problem, at: { file, ...lineIndex(found.before)(found.before.length) } };
  }
  const text = found.text.replaceAll('\r\n', '\n');
  return unfit(text, file, wanted, path) ?? { text, file };
}

/** A text that is a mistake in every field, such as an empty file. */
function unfit(text: string, file: string, wanted: string, path: string): Included | undefined {
  const broken = brokenText(text);
  if (broken !== undefined) {
    const { offset, message, hint } = broken;
    const at = { file, ...lineIndex(text)(offset) };
    return { code: 'FILE_BROKEN', message: `${path}: ${message}`, hint, at };
  }
  if (text.trim() === '') {
    const hint = 'write the text, or "" in the document where no text is meant';
    return { code: 'FILE_EMPTY', message: `the file ${path} is empty`, hint };
  }
  // A checkout without symbolic links leaves the path of the target as the content.
  const target = /^\S+\.\w+\n?$/.test(text) ? resolve(dirname(wanted), text.trim()) : wanted;
  if (target === wanted || !existsSync(target)) return undefined;
  const message = `${path} holds nothing but the path ${text.trim()}: a symbolic link that was checked out as a text`;
  const hint = 'name that file itself, or check out with symbolic links (git config core.symlinks true)';
  return { code: 'FILE_BROKEN', message, hint };
}

function outside(path: string): Included {
  return {
    code: 'FILE_OUTSIDE',
    message: `the file ${path} lies outside the project`,
    hint: 'move it into the project and name it relative to the YAML file',
  };
}

/** The message is the same whether the file exists: it must not tell what lies outside of the project. */
function forbidden(path: string): Included {
  return {
    code: 'FILE_PRIVATE',
    message: `${path} lies where credentials and programs are kept: below a name that begins with a dot, or node_modules`,
    hint: 'move the text to another folder of the project',
  };
}

function otherSpelling(wanted: string, path: string): Included | undefined {
  const written = spelling(wanted, path);
  if (written === undefined || written === path) return undefined;
  const hint = `write ${written}: upper and lower case count on every system`;
  return { code: 'FILE_MISSING', message: `the file ${path} is called otherwise`, hint };
}

function missingHint(wanted: string, path: string): string | undefined {
  if (path.includes('\\')) {
    const slashes = path.replaceAll('\\', '/');
    return `write ${slashes}: paths are written with / on every system`;
  }
  const written = spelling(wanted, path);
  if (written !== undefined && written !== path) return `write ${written}: upper and lower case count`;
  const similar = similarFile(wanted);
  return similar === undefined ? undefined : `did you mean ${similar}?`;
}

/** A path from the project's folder, as most other tools write it. */
function fromRootHint(root: string, folder: string, path: string): string {
  const rule = '$file is relative to the YAML file it is written in';
  if (!existsSync(join(root, path))) return rule;
  return `write ${relative(folder, path).replaceAll('\\', '/')}: ${rule}`;
}

/**
 * A path as its folders spell it, where it differs from what was written in case or in the Unicode form of letters
 * alone; undefined where a part of it does not exist.
 */
function spelling(wanted: string, path: string): string | undefined {
  const parts = path.split('/');
  let folder = parts.reduce((at) => dirname(at), wanted);
  const found: string[] = [];
  // `../` leads out of the folder of the YAML file; what it leads to is spelt as it is.
  if (parts.some((part) => part === '..' || part === '.' || part === '')) return undefined;
  for (const part of parts) {
    const names = namesIn(folder);
    const same = (name: string): string => name.normalize('NFC').toLowerCase();
    const name = names.includes(part) ? part : names.find((each) => same(each) === same(part));
    if (name === undefined) return undefined;
    found.push(name);
    folder = join(folder, name);
  }
  return found.join('/');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function similarFile(wanted: string): string | undefined {
  try {
    const folder = dirname(wanted);
    const names = readdirSync(folder).filter((each) => privatePart(each) === undefined);
    return nearest(wanted.slice(folder.length + 1), names);
  } catch {
    return undefined;
  }
}
