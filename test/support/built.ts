import { fileURLToPath } from 'node:url';

/** Path of a built module: child processes of Node 20 cannot run TypeScript. */
export function built(entry: 'main' | 'emulator/server' | 'state/file-store'): string {
  return fileURLToPath(new URL(`../../dist/${entry}.js`, import.meta.url));
}
