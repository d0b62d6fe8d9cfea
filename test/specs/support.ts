import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { DesiredState } from '../../src/model/desired.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { loadDesired, validateAll } from '../../src/specs/load/load.ts';
import { loadProject } from '../../src/specs/project/project.ts';

export type Files = { readonly [file: string]: string | Uint8Array };

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export const PROJECT = `project: northwind
default_environment: local
environments:
  local: { target: emulator, variables: { brand: Northwind } }
  production: { variables: { brand: Northwind Ltd } }
`;

/** A project in a temporary folder; files are relative to it. */
export function makeProject(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'specs-'));
  folders.push(root);
  mkdirSync(join(root, 'assistants'));
  for (const [file, content] of Object.entries({ 'assistantctl.yaml': PROJECT, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return root;
}

/** `file:line:col severity CODE` of a diagnostic. */
export function brief({ position, severity, code }: Diagnostic): string {
  return `${position?.file}:${position?.line}:${position?.column} ${severity} ${code}`;
}

/** What `validate` finds in one spec file, without the file name: `line:col severity CODE`. */
export async function findings(text: string | Uint8Array, more: Files = {}): Promise<readonly string[]> {
  const { diagnostics } = await validateAll(makeProject({ 'assistants/a.yaml': text, ...more }));
  return diagnostics.map((diagnostic) => brief(diagnostic).replace('assistants/a.yaml:', ''));
}

export async function diagnose(files: Files): Promise<readonly Diagnostic[]> {
  return (await validateAll(makeProject(files))).diagnostics;
}

export async function load(files: Files, environment?: string): Promise<DesiredState> {
  return await loadDesired(await loadProject(makeProject(files), environment));
}

/** An assistant document with the given lines inside its spec. */
export function assistant(lines: string, around = ''): string {
  return `kind: assistant
spec:
  name: A
  instructions: Be kind.
${lines.replace(/^/gm, '  ')}
${around}`;
}

export const TOOL = `kind: tool
spec:
  type: function
  display_name: Lookup
  function: { name: lookup }
`;

/**
 * Takes the marks `§` out of a text and gives the places they stood at as `line:col`, so that a test shows the
 * place that it expects.
 */
export function marked(text: string): { readonly text: string; readonly places: readonly string[] } {
  const [first = '', ...rest] = text.split('§');
  const places: string[] = [];
  let clean = first;
  for (const part of rest) {
    const lines = clean.split('\n');
    places.push(`${lines.length}:${(lines.at(-1) ?? '').length + 1}`);
    clean += part;
  }
  return { text: clean, places };
}
