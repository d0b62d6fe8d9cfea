import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');

interface Room {
  readonly name: string;
  readonly pure: boolean;
  /** What it may import besides itself. */
  readonly mayImport: readonly string[];
  /** Packages that no other folder may import. */
  readonly packages: readonly string[];
}

/** The table of ARCHITECTURE.md is the rule. */
const ROOMS: readonly Room[] = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, folder = '', holds = '', imports = '', packages = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    const name = /^`src\/([\w.]+)\/?`$/.exec(folder)?.[1];
    if (name === undefined) return [];
    const list = (cell: string): readonly string[] =>
      cell === '–' ? [] : cell.split(', ').map((word) => word.replaceAll('`', ''));
    return [{ name, pure: holds.includes('**pure**'), mayImport: list(imports), packages: list(packages) }];
  });
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ROOMS.map(({ name, mayImport }) => [name, mayImport]),
);
const HOME: Readonly<Record<string, string>> = Object.fromEntries(
  ROOMS.flatMap(({ name, packages }) => packages.map((one) => [one, name])),
);
const PURE = ROOMS.filter(({ pure }) => pure).map(({ name }) => name);
/** Longer files rarely have one subject; what counts is that they do. */
const LONGEST_FILE = 400;

interface Module {
  /** Relative to src/, with forward slashes. */
  readonly file: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function load(): readonly Module[] {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const file = relative(source, path).replaceAll('\\', '/');
      const text = readFileSync(path, 'utf8');
      return { file, room: file.split('/')[0] ?? '', text, imports: importsOf(text) };
    });
}

function importsOf(text: string): readonly string[] {
  const found = text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gms);
  return [...found].map((match) => match[1] ?? match[2] ?? '');
}

function target(module: Module, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(module.file), specifier));
}

const modules = load();
const handWritten = modules.filter(({ file }) => !file.includes('/generated/'));

describe('architecture', () => {
  it('knows every folder of src', () => {
    expect(ROOMS.map(({ name }) => name).sort()).toEqual(
      [...new Set(modules.map(({ room }) => room))].sort(),
    );
  });

  it('keeps the command line to arguments and the screen', () => {
    const lines = modules
      .filter(({ room }) => room === 'cli')
      .reduce((sum, { text }) => sum + text.split('\n').length, 0);
    expect(lines).toBeLessThan(5_500);
  });

  it('reads imports of every form', () => {
    expect(importsOf("import type { A } from './a.ts';\nconst b = await import('./b.ts');")).toEqual([
      './a.ts',
      './b.ts',
    ]);
    expect(modules.length).toBeGreaterThan(50);
  });

  it('has only imports that point down', () => {
    const wrong = modules.flatMap((module) =>
      module.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => target(module, specifier))
        .filter((file) => {
          const room = file.split('/')[0] ?? '';
          return room !== module.room && MAY_IMPORT[module.room]?.includes(room) !== true;
        })
        .map((file) => `${module.file} imports ${file}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps each package in its folder', () => {
    const wrong = modules.flatMap((module) =>
      module.imports
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .filter((specifier) => HOME[specifier] !== module.room)
        .map((specifier) => `${module.file} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('opens connections, leases and states in one place, which closes them', () => {
    const opener = 'operations/session/opener.ts';
    const wrong = handWritten
      .filter(
        ({ room, file }) => ['operations', 'cli', 'controller', 'forge'].includes(room) && file !== opener,
      )
      .filter(({ text }) => /\bconnect\((host|context)\b|\.open\(holderName\b/.test(withoutComments(text)));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('keeps clock, files, network and environment out of the pure folders', () => {
    const impure = /\bprocess\.|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bsetTimeout\b|\bfetch\(/;
    const wrong = handWritten
      .filter(({ room }) => PURE.includes(room))
      .filter(({ text, imports }) => {
        const nodes = imports.filter((name) => name.startsWith('node:') && name !== 'node:crypto');
        return nodes.length > 0 || impure.test(withoutComments(text));
      });
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('touches process in main.ts and runtime.ts alone, and console nowhere', () => {
    const wrong = handWritten.filter(({ file, text, imports }) => {
      const code = withoutComments(text);
      if (/\bconsole\./.test(code)) return true;
      const touches = /\bprocess\.[a-z]/.test(code) || imports.includes('node:process');
      return touches && file !== 'main.ts' && file !== 'runtime.ts';
    });
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('has no file beyond 400 lines and none called utils', () => {
    const long = handWritten.filter(({ text }) => text.split('\n').length - 1 > LONGEST_FILE);
    const vague = modules.filter(({ file }) => /(^|\/)(utils?|helpers?|index)\.ts$/.test(file));
    expect([...long, ...vague].map(({ file }) => file)).toEqual([]);
  });

  it('has no import cycles', () => {
    const graph = new Map(
      modules.map((module) => [
        module.file,
        module.imports.filter((name) => name.startsWith('.')).map((name) => target(module, name)),
      ]),
    );
    expect(cycles(graph)).toEqual([]);
  });

  it('finds a cycle when there is one', () => {
    expect(
      cycles(
        new Map([
          ['a', ['b']],
          ['b', ['a']],
          ['c', ['a']],
        ]),
      ),
    ).toEqual(['a → b → a']);
  });

  it('defines no exported name in two files', () => {
    const files = new Map<string, string[]>();
    for (const { file, text } of handWritten) {
      for (const [, name] of text.matchAll(
        /^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm,
      )) {
        if (name !== undefined) files.set(name, [...(files.get(name) ?? []), file]);
      }
    }
    expect([...files].filter(([, where]) => new Set(where).size > 1)).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
