#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

// `--version` is asked by installers and editors all the time: it must not pay for loading the program.
const argv = process.argv.slice(2);
if (argv[0] === '--version' || argv[0] === '-V') {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  process.stdout.write(`${version ? String(manifest.version) : 'unknown'}\n`);
} else {
  // Newer Node keeps compiled code between runs; Node 20 has no such function.
  if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function') {
    nodeModule.enableCompileCache();
  }
  const [{ nodeRuntime }, { run }] = await Promise.all([import('./runtime.ts'), import('./cli/program.ts')]);
  // The exit code is set, not forced: process.exit would cut off output that a pipe has not taken yet.
  process.exitCode = await run(argv, nodeRuntime(fileURLToPath(new URL('..', import.meta.url))));
}
