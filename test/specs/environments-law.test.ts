import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/model/address.ts';
import type { Json } from '../../src/model/json.ts';
import { openSpecs, readSpecs } from '../../src/specs/load/load.ts';
import { chooseEnvironment, loadProjectDocument } from '../../src/specs/project/project.ts';
import { load, makeProject } from './support.ts';

/** Four environments with groups that overlap. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'acme-dev': ['acme', 'dev'],
  'acme-prod': ['acme'],
  'bolt-dev': ['dev'],
  solo: [],
};
const ENVIRONMENTS = Object.keys(GROUPS);
const ENTRIES = [...ENVIRONMENTS, 'acme', 'dev', 'acme-*', '*-dev', '*'];

const WORD = fc.stringMatching(/^[a-z]{1,6}$/);
const levels = <Value>(value: fc.Arbitrary<Value>) =>
  fc.record({
    project: fc.option(value, { nil: undefined }),
    groups: fc.dictionary(fc.constantFrom('acme', 'dev'), value),
    environments: fc.dictionary(fc.constantFrom(...ENVIRONMENTS), value),
  });

interface Levels {
  readonly project: string | undefined;
  readonly groups: Readonly<Record<string, string>>;
  readonly environments: Readonly<Record<string, string>>;
}

function projectFile({ project, groups, environments }: Levels, fallback = 'none'): string {
  return JSON.stringify({
    project: 'law',
    variables: { word: project ?? fallback },
    groups: Object.fromEntries(
      ['acme', 'dev'].map((name) => [
        name,
        groups[name] === undefined ? {} : { variables: { word: groups[name] } },
      ]),
    ),
    environments: Object.fromEntries(
      ENVIRONMENTS.map((name) => [
        name,
        {
          target: 'emulator',
          ...(GROUPS[name]?.length === 0 ? {} : { group: GROUPS[name] }),
          ...(environments[name] === undefined ? {} : { variables: { word: environments[name] } }),
        },
      ]),
    ),
  });
}

/** What the rule says, written a second time: the environment, else its last group that sets it, else the project. */
function nearest({ project, groups, environments }: Levels, name: string): string {
  const ofGroups = (GROUPS[name] ?? []).flatMap((group) => groups[group] ?? []);
  return environments[name] ?? ofGroups.at(-1) ?? project ?? 'none';
}

function matches(entry: string, name: string): boolean {
  return new RegExp(`^${entry.replaceAll('*', '.*')}$`).test(name);
}

/** Overlays that name an environment, in the order in which they apply. */
function applied(overlays: Readonly<Record<string, string>>, name: string): readonly string[] {
  const patterns = Object.keys(overlays).filter((entry) => entry.includes('*') && matches(entry, name));
  const groups = (GROUPS[name] ?? []).filter((group) => Object.hasOwn(overlays, group));
  const own = Object.hasOwn(overlays, name) ? [name] : [];
  return [...patterns, ...groups, ...own].map((entry) => overlays[entry] ?? '');
}

describe('laws of several environments', () => {
  it('the nearest variable and the last overlay win, in every environment', async () => {
    await fc.assert(
      fc.asyncProperty(
        levels(WORD),
        fc.dictionary(fc.constantFrom(...ENTRIES), WORD),
        fc.uniqueArray(fc.constantFrom(...ENTRIES), { minLength: 1 }),
        async (variables, overlays, only) => {
          const document = {
            kind: 'assistant',
            spec: { name: 'A', instructions: 'Say ${var.word}.', greeting: 'none', tags: ['base'] },
            environments: Object.fromEntries(
              Object.entries(overlays).map(([entry, word]) => [
                entry,
                { greeting: word, tags: { $append: [word] } },
              ]),
            ),
            only,
          };
          const files = {
            'assistantctl.yaml': projectFile(variables),
            'assistants/a.yaml': JSON.stringify(document),
          };
          for (const name of ENVIRONMENTS) {
            const { resources } = await load(files, name);
            const spec = resources.get('assistant/a')?.spec;
            const inside = only.some((entry) => matches(entry, name) || (GROUPS[name] ?? []).includes(entry));
            expect(spec !== undefined, `${name} in ${only.join()}`).toBe(inside);
            if (spec === undefined) continue;
            const words = applied(overlays, name);
            expect(spec).toMatchObject({
              instructions: `Say ${nearest(variables, name)}.`,
              greeting: words.at(-1) ?? 'none',
              tags: ['base', ...words],
            });
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('a table gives what the same documents would give that somebody wrote out', async () => {
    const entry = fc.record({
      word: WORD,
      where: fc.uniqueArray(fc.constantFrom(...ENTRIES), { minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(
        levels(WORD),
        fc.dictionary(fc.stringMatching(/^[a-z0-9]{1,5}$/), entry, { minKeys: 1, maxKeys: 4 }),
        async (variables, table) => {
          const written = (key: string, word: string, where: Json) => ({
            kind: 'assistant',
            key: `desk-${key}`,
            spec: { name: `D ${key}`, instructions: `\${var.word} ${word}`, dynamic_variables: { word } },
            environments: { dev: { greeting: `for ${key}` } },
            only: where,
          });
          const template = {
            ...written('${each.key}', '${each.value.word}', '${each.value.where}'),
            for_each: table,
          };
          const by = { 'assistantctl.yaml': projectFile(variables) };
          const apart = Object.fromEntries(
            Object.entries(table).map(([key, { word, where }]) => [
              `assistants/${key}.yaml`,
              JSON.stringify(written(key, word, [...where])),
            ]),
          );
          for (const name of ENVIRONMENTS) {
            const one = await load({ ...by, 'assistants/t.yaml': JSON.stringify(template) }, name);
            const many = await load({ ...by, ...apart }, name);
            const specs = (resources: ReadonlyMap<Address, { readonly spec: Json }>) =>
              Object.fromEntries([...resources].map(([address, { spec }]) => [address, spec]));
            expect(specs(one.resources)).toEqual(specs(many.resources));
            expect([...one.elsewhere].sort()).toEqual([...many.elsewhere].sort());
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('specs that are read once for all environments give each what it gets alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        levels(WORD),
        fc.dictionary(fc.constantFrom(...ENTRIES), WORD),
        async (variables, overlays) => {
          const document = {
            kind: 'assistant',
            spec: {
              name: 'A',
              instructions: { $file: ['p.md', 'p.md'] },
              dynamic_variables: { $file: 'v.json' },
            },
            environments: Object.fromEntries(
              Object.entries(overlays).map(([entry, word]) => [entry, { dynamic_variables: { word } }]),
            ),
          };
          const files = {
            'assistantctl.yaml': projectFile(variables),
            'assistants/a.yaml': JSON.stringify(document),
            'assistants/p.md': 'Say ${var.word}.\n',
            'assistants/v.json': '{"word":"${var.word}","other":"x"}',
          };
          const project = await loadProjectDocument(makeProject(files));
          const read = readSpecs(project, [...project.environments.values()]);
          for (const name of [...ENVIRONMENTS, ...ENVIRONMENTS.toReversed()]) {
            const shared = await openSpecs(chooseEnvironment(project, name), read);
            const alone = await load(files, name);
            expect(shared.desired.resources).toEqual(alone.resources);
            expect(shared.desired.diagnostics).toEqual(alone.diagnostics);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});
