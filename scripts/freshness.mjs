// Whether the newest official SDK has a field, a value or a route that this release lacks. Fails and names each; with
// --installed it looks at the SDK that is installed instead of fetching the newest.
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = (command, args) => spawnSync(command, args, { cwd: root, encoding: 'utf8' });
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

if (!process.argv.includes('--installed')) {
  const installed = run(npm, ['install', '--no-save', '--no-audit', '--no-fund', 'telnyx@latest']);
  if (installed.status !== 0) {
    process.stderr.write(`telnyx@latest cannot be installed:\n${installed.stderr}`);
    process.exit(2);
  }
}
const sdk = join(root, 'node_modules/telnyx');
const { version } = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8'));
const lacks = [...fields(), ...(await values()), ...(await routes())];
if (lacks.length === 0) {
  process.stdout.write(`telnyx ${version} has nothing that is missing here.\n`);
} else {
  process.stderr.write(
    `telnyx ${version} has what is missing here:\n${lacks.map((line) => `  ${line}\n`).join('')}`,
  );
  process.stderr.write('Add it to schemas/src or src/emulator, then: npm install --save-dev telnyx@latest\n');
  process.exitCode = 1;
}

// The compiler refuses the word "nothing" where fields are missing, and says which words it would take.
function fields() {
  const compiled = run(npm, ['exec', '--', 'tsc', '-p', 'scripts/freshness']);
  if (compiled.status === 0) return [];
  const named = [...compiled.stdout.matchAll(/"((?:\w|[ ()])+: [\w.]+)"/g)].map(
    ([, line]) => `field ${line}`,
  );
  return named.length > 0 ? [...new Set(named)] : [`the types do not compile:\n${compiled.stdout}`];
}

// The speech-to-text models that the SDK types as a closed list; a new one is a warning of validate until it is here.
async function values() {
  const types = await readFile(join(sdk, 'resources/ai/assistants/assistants.d.ts'), 'utf8');
  const [, list = ''] = /interface TranscriptionSettings \{[\s\S]*?\n {4}model\?: ([^;]+);/.exec(types) ?? [];
  const theirs = [...list.matchAll(/'([^']+)'/g)].map(([, model]) => model);
  const { SpeechModel } = parse(await readFile(join(root, 'schemas/src/defs/catalogues.yaml'), 'utf8'));
  const ours = new Set(SpeechModel.enum);
  return theirs.filter((model) => !ours.has(model)).map((model) => `value transcription.model: ${model}`);
}

// Routes of assistants and of what belongs to them, against those of the embedded API.
async function routes() {
  const theirs = new Set();
  for (const file of await filesBelow(join(sdk, 'resources/ai'))) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(file, 'utf8');
    const calls =
      /_client\.(get|post|put|patch|delete|getAPIList)\((?:\(0, \w+\.path\))?\s*[`']?(?:path)?`?'?([^`',)]+)[`']/g;
    for (const [, method, path] of text.matchAll(calls)) {
      const verb = method === 'getAPIList' ? 'GET' : method.toUpperCase();
      theirs.add(`${verb} ${path.replace(/\$\{[^}]+\}/g, '{}')}`);
    }
  }
  const concerned = /^\w+ \/ai\/(assistants|tools|mcp_servers|integrations|conversations)(\/|$)/;
  const ours = new Set();
  for (const file of await filesBelow(join(root, 'src/emulator/resources'))) {
    const text = await readFile(file, 'utf8');
    const constants = new Map(
      [...text.matchAll(/const (\w+) =\s*[`']([^`']+)[`'];/g)].map(([, name, value]) => [name, value]),
    );
    const whole = (path) => {
      let at = path;
      for (let depth = 0; depth < 5; depth += 1)
        at = at.replace(/\$\{(\w+)\}/g, (_, name) => constants.get(name) ?? '{}');
      return at.replace(/\{[^}]+\}/g, '{}');
    };
    for (const [, method, quoted, name] of text.matchAll(
      /method: '(\w+)',\s*path: (?:[`']([^`']+)[`']|(\w+))/g,
    )) {
      ours.add(`${method} ${whole(quoted ?? constants.get(name) ?? '')}`);
    }
    for (const [, path] of text.matchAll(/routes\(\w+, '([^']+)'\)/g)) {
      for (const verb of ['GET', 'POST']) ours.add(`${verb} ${path}`);
      for (const verb of ['GET', 'PUT', 'DELETE']) ours.add(`${verb} ${path}/{}`);
    }
  }
  return [...theirs]
    .filter((route) => concerned.test(route) && !ours.has(route))
    .map((route) => `route ${route}`);
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
