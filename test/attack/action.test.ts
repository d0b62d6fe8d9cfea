import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bash } from '../ci/pipeline.ts';
import { ROOT } from '../docs/markdown.ts';
import { PROJECT_FILE, SPECS } from '../e2e/harness.ts';
import { temporaryFolder } from '../state/support.ts';

const SECRETS = { GITHUB_TOKEN: 'KEY_TEST_forge', TELNYX_API_KEY: 'KEY_TEST_telnyx' };

/** A pull request whose files want to be run, and an action whose program is installed. */
async function attacked() {
  const folder = await temporaryFolder();
  const checkout = join(folder, 'checkout');
  const action = join(folder, 'action');
  const write = async (file: string, text: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
    await chmod(join(folder, file), mode);
  };
  const evil = `require('fs').writeFileSync(${JSON.stringify(join(folder, 'pwned'))}, 'x');\n`;
  for (const [file, text] of Object.entries({ 'assistantctl.yaml': PROJECT_FILE, ...SPECS })) {
    await write(`checkout/${file}`, text);
  }
  await write('checkout/.npmrc', 'registry=http://127.0.0.1:1/\n');
  await write('checkout/package.json', '{ "name": "x", "scripts": { "install": "touch ../pwned" } }');
  await write(
    'checkout/node_modules/assistantctl/package.json',
    '{ "name": "assistantctl", "version": "0.1.0", "bin": "main.js" }',
  );
  await write('checkout/node_modules/assistantctl/main.js', evil);
  await write('checkout/node_modules/assistantctl/dist/main.js', evil);
  await write('checkout/node_modules/.bin/assistantctl', `#!/usr/bin/env node\n${evil}`, 0o755);
  await write('action/package.json', await readFile(join(ROOT, 'package.json'), 'utf8'));
  await write('action/ci/action.sh', await readFile(join(ROOT, 'ci/action.sh'), 'utf8'));
  // Stands for what npm installs: the program of this checkout, and a record of how it was asked for.
  const main = join(ROOT, 'dist/main.js');
  await write(
    'bin/npm',
    `#!/bin/sh
pwd > '${folder}/where'
env > '${folder}/environment'
echo "$@" > '${folder}/words'
mkdir -p node_modules/assistantctl/dist
echo "import('${main}')" > node_modules/assistantctl/dist/main.js
`,
    0o755,
  );
  await write('bin/npx', `#!/bin/sh\ntouch '${folder}/pwned'\n`, 0o755);
  const yaml = parse(await readFile(join(ROOT, 'action.yml'), 'utf8'));
  const run = async (more: Readonly<Record<string, string>>) => {
    await writeFile(join(folder, 'output'), '');
    return await bash(yaml.runs.steps[0].run, checkout, {
      PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: folder,
      RUNNER_TEMP: folder,
      GITHUB_ACTION_PATH: action,
      GITHUB_OUTPUT: join(folder, 'output'),
      INPUT_COMMAND: 'validate',
      INPUT_PROJECT: '.',
      ...SECRETS,
      ...more,
    });
  };
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  return { folder, checkout, action, run, read };
}

describe('the action on a pull request that brings programs and settings', () => {
  it('installs the package that it is given outside of the checkout, without secrets, and runs that', async () => {
    const { folder, checkout, run, read } = await attacked();
    const ran = await run({ INPUT_PACKAGE: 'https://packages.example/assistantctl-0.1.0.tgz' });
    expect(ran.code, ran.log).toBe(0);
    await expect(read('pwned')).rejects.toThrow();
    const where = (await read('where')).trim();
    expect(where.startsWith(folder)).toBe(true);
    expect(where.startsWith(checkout)).toBe(false);
    expect(await read('environment')).not.toContain('KEY_TEST');
    expect(await read('words')).toMatch(
      /^install .*--ignore-scripts.* -- https:\/\/packages\.example\/\S+\n$/,
    );
  });

  it('builds its own program in its own folder where it has none', async () => {
    const { action, run, read } = await attacked();
    await run({});
    expect((await read('where')).trim()).toBe(action);
    expect(await read('environment')).not.toContain('KEY_TEST');
    expect(await read('words')).toMatch(/^ci .*--ignore-scripts/);
    await expect(read('pwned')).rejects.toThrow();
  });

  it('runs the program of its own folder where there is one', async () => {
    const { run, read } = await attacked();
    const ran = await run({ GITHUB_ACTION_PATH: ROOT });
    expect(ran.code, ran.log).toBe(0);
    await expect(read('where')).rejects.toThrow();
    await expect(read('pwned')).rejects.toThrow();
  });

  it.each(['file:./evil.tgz', 'npm:evil@1', '../evil', 'evil', 'http://x/a.tgz', 'git+https://x/a.tgz'])(
    'takes no package that leads elsewhere: %s',
    async (name) => {
      const { run, read } = await attacked();
      expect((await run({ INPUT_PACKAGE: name })).code).toBe(3);
      await expect(read('where')).rejects.toThrow();
    },
  );
});
