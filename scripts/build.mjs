/**
 * Bundles src/ and the packages it uses into dist/. A command then opens a dozen files instead of some hundred, and
 * an installed assistantctl brings no packages along. What is made is moved over file by file, so that programs
 * which run from dist/ meanwhile (tests, a demo) never see a half-written or missing module.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const packages = join(root, 'node_modules');

/** The program, and what scripts, bench and tests use of it: name in dist/ → module in src/. */
const ENTRIES = {
  main: 'main.ts',
  'cli/program': 'cli/program.ts',
  'emulator/server': 'emulator/server/server.ts',
  'model/failure-codes': 'model/codes/failure-codes.ts',
  'model/plan-codes': 'model/codes/plan-codes.ts',
  'model/spec-codes': 'model/codes/spec-codes.ts',
  'state/file-store': 'state/file/file-store.ts',
};

/**
 * undici's entry module loads fetch, WebSocket, caches and mocks besides its dispatchers, which takes each command
 * some 40 ms. The bundle has an entry of its own, which does for the dispatchers what undici's does.
 */
const undici = (file) => JSON.stringify(join(packages, 'undici/lib', file));
const dispatchersOfUndici = {
  name: 'dispatchers-of-undici',
  resolveId: (id) => (id === 'undici' ? '\0undici' : undefined),
  load: (id) =>
    id === '\0undici'
      ? `import Dispatcher from ${undici('dispatcher/dispatcher.js')};
         import methods from ${undici('api/index.js')};
         export { default as Agent } from ${undici('dispatcher/agent.js')};
         export { default as EnvHttpProxyAgent } from ${undici('dispatcher/env-http-proxy-agent.js')};
         Object.assign(Dispatcher.prototype, methods);`
      : undefined,
};

/**
 * yaml's build for Node asks the environment at every token whether to log it, which is a quarter of the time of
 * reading a file. Its other build is the same code as ES modules, without that; what nobody uses stays out too.
 */
const modulesOfYaml = {
  name: 'modules-of-yaml',
  resolveId: (id) => (id === 'yaml' ? join(packages, 'yaml/browser/dist/index.js') : undefined),
};

/** Segmenters, and patterns over properties of Unicode. */
const COSTLY = /^const (\w+) = (new Intl\.Segmenter\(\)|\/.*\\p\{.*\/[a-z]*);$/gm;

/**
 * What string-width and wrap-ansi make when they are loaded costs each command 10 ms, and nearly all print plain text.
 * In the bundle it is made at the first use.
 */
const lazyWidths = {
  name: 'lazy-widths',
  transform(code, id) {
    const name = ['string-width', 'wrap-ansi'].find((each) => id === join(packages, each, 'index.js'));
    if (name === undefined) return undefined;
    const names = [];
    const made = code.replace(COSTLY, (_all, constant, value) => {
      names.push(constant);
      const [, source, flags] = /^\/(.*)\/([a-z]*)$/.exec(value) ?? [];
      const making = source === undefined ? value : `new RegExp(${JSON.stringify(source)}, '${flags}')`;
      return `let made_${constant}; const make_${constant} = () => (made_${constant} ??= ${making});`;
    });
    if (names.length === 0) throw new Error(`${name} makes nothing costly any more: drop lazy-widths`);
    return made.replace(new RegExp(`\\b(?:${names.join('|')})\\b`, 'g'), (constant) => `make_${constant}()`);
  },
};

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(root, 'src', file)])),
  platform: 'node',
  plugins: [dispatchersOfUndici, modulesOfYaml, lazyWidths],
  onLog(level, log) {
    throw new Error(`${level}: ${log.message}`);
  },
});
const { output } = await bundle.generate({
  dir: dist,
  format: 'esm',
  chunkFileNames: 'chunks/[name].js',
});
await bundle.close();

const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const files = new Map(
  output.map((chunk) => [chunk.fileName, chunk.type === 'chunk' ? chunk.code : chunk.source]),
);
files.set('THIRD-PARTY-LICENSES.txt', licenses(packagesOf(modules)));
for (const [file, text] of files) writeWhenDifferent(join(dist, file), text);
chmodSync(join(dist, 'main.js'), 0o755);
for (const file of filesBelow(dist)) {
  if (!files.has(file)) rmSync(join(dist, file));
}

/** Names of the packages that modules come from. @param {string[]} ids @returns {string[]} */
function packagesOf(ids) {
  const names = ids
    .filter((id) => id.startsWith(packages + sep))
    .map((id) => relative(packages, id).split(sep))
    .map(([first, second]) => (first.startsWith('@') ? `${first}/${second}` : first));
  return [...new Set(names)].sort();
}

/** Their notices, which have to go wherever their code goes. @param {string[]} names */
function licenses(names) {
  return names
    .map((name) => {
      const folder = join(packages, name);
      const facts = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return `${name} ${facts.version} (${facts.license})\n\n${notice(name, folder, facts)}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Where a package brings no licence file, its author and the text that TypeScript brings of the same licence. */
function notice(name, folder, { license, author }) {
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim();
  if (license !== 'Apache-2.0') throw new Error(`${name} has no licence file`);
  const text = readFileSync(join(packages, 'typescript/LICENSE'), 'utf8').trim();
  return `Copyright ${typeof author === 'string' ? author : (author?.name ?? name)}\n\n${text}`;
}

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** @param {string} path @param {string | Uint8Array} text */
function writeWhenDifferent(path, text) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(text))) return;
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}
