import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');

/** What each folder may import besides itself. `cli` sits on top, `model` at the bottom. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  canonical: ['model'],
  specs: ['canonical', 'model'],
  live: ['canonical', 'model'],
  state: ['canonical', 'model'],
  plan: ['canonical', 'model'],
  apply: ['canonical', 'model'],
  // Releases stage and promote with the moves of apply; apply itself knows nothing of them.
  release: ['apply', 'canonical', 'model'],
  emulator: ['canonical', 'model'],
  render: ['canonical', 'model'],
  pull: ['canonical', 'model'],
  // Reads YAML and names keys as specs and pull do; touches no file.
  convert: ['specs', 'pull', 'model'],
  // Use cases: they know neither arguments nor a screen.
  operations: [
    'specs',
    'live',
    'state',
    'plan',
    'apply',
    'release',
    'emulator',
    'pull',
    'convert',
    'canonical',
    'model',
    'runtime.ts',
  ],
  // The second screen: the change request on GitHub, GitLab and so on.
  forge: ['operations', 'live', 'plan', 'render', 'model', 'runtime.ts'],
  // The reconciler that runs by itself: operations and forge, driven by a clock.
  controller: ['operations', 'forge', 'render', 'model', 'runtime.ts'],
  cli: ['controller', 'operations', 'forge', 'render', 'model', 'runtime.ts'],
  'main.ts': ['cli', 'runtime.ts'],
  'runtime.ts': [],
};

/** The one folder that may import each package. */
const HOME: Readonly<Record<string, string>> = {
  commander: 'cli',
  undici: 'live',
  yaml: 'specs',
  ajv: 'specs',
  'ajv-formats': 'specs',
  'deep-diff': 'plan',
  '@humanwhocodes/momoa': 'convert',
  diff: 'render',
  '@dagrejs/dagre': 'render',
  'prom-client': 'controller',
  'string-width': 'render',
  'wrap-ansi': 'render',
};

const PURE = ['model', 'canonical', 'plan', 'render', 'pull', 'convert'];
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
