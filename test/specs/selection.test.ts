import { describe, expect, it } from 'vitest';
import { environmentMatch } from '../../src/model/environment-match.ts';
import { assistant, diagnose, load, marked } from './support.ts';

const AGENCY = `project: agency
environments:
  local: { target: emulator }
  acme-dev: { group: [acme, dev] }
  acme-prod: { group: acme }
  bolt-dev: { group: [bolt, dev] }
`;

async function greetings(document: string) {
  const found: { [environment: string]: unknown } = {};
  for (const environment of ['local', 'acme-dev', 'acme-prod', 'bolt-dev']) {
    const files = { 'assistantctl.yaml': AGENCY, 'assistants/a.yaml': document };
    const { resources } = await load(files, environment);
    found[environment] = resources.get('assistant/a')?.spec.greeting;
  }
  return found;
}

describe('only and overlays', () => {
  it('take names, groups and patterns', async () => {
    const all = await greetings(
      assistant('greeting: Hi', 'only: [local, acme]\nenvironments: { "*-prod": { greeting: Hello } }'),
    );
    expect(all).toEqual({ local: 'Hi', 'acme-dev': 'Hi', 'acme-prod': 'Hello', 'bolt-dev': undefined });
  });

  it('overlays apply pattern, then group, then name, however they are written', async () => {
    const overlays = `environments:
  acme-dev: { greeting: name }
  dev: { greeting: dev }
  acme: { greeting: acme }
  "*-dev": { greeting: pattern }
  "acme-*": { greeting: later pattern }
`;
    expect(await greetings(assistant('greeting: Hi', overlays))).toEqual({
      local: 'Hi',
      'acme-dev': 'name',
      'acme-prod': 'acme',
      'bolt-dev': 'dev',
    });
    const groups = overlays.replace('  acme-dev: { greeting: name }\n', '');
    expect(await greetings(assistant('greeting: Hi', groups))).toMatchObject({ 'acme-dev': 'dev' });
  });

  it('a name that no environment has is told of, for patterns too', async () => {
    const { text, places } = marked(
      assistant('greeting: Hi', 'only: [§acmee, acme-*]\nenvironments:\n  §"x-*": {}\n  §bolt: {}\n'),
    );
    const found = await diagnose({ 'assistantctl.yaml': AGENCY, 'assistants/a.yaml': text });
    const at = found.map(({ position, severity, code }) => [
      `${position?.line}:${position?.column}`,
      severity,
      code,
    ]);
    expect(at).toEqual([
      [places[0], 'error', 'ENVIRONMENT_UNKNOWN'],
      [places[1], 'error', 'ENVIRONMENT_UNKNOWN'],
      [places[2], 'warning', 'OVERLAY_UNUSED'],
    ]);
    expect(found[0]?.hint).toBe('did you mean acme?');
  });

  it.each([
    ['a group with the name of an environment', 'environments: { a: { group: b }, b: {} }'],
    ['a group that no environment belongs to', 'environments: { a: {} }\ngroups: { g: {} }'],
  ])('%s is an error', async (_what, lines) => {
    const found = await diagnose({ 'assistantctl.yaml': `project: p\n${lines}\n` });
    expect(found.map(({ code }) => code)).toContain('GROUP_NAME');
  });
});

it('a pattern matches whole names, and characters of regular expressions stand for themselves', () => {
  const acme = { name: 'a.c-1', groups: ['g'] };
  expect(environmentMatch('a.c-?', acme)).toBe('pattern');
  expect(environmentMatch('*', acme)).toBe('pattern');
  expect(environmentMatch('a?c', acme)).toBeUndefined();
  expect(environmentMatch('abc-*', acme)).toBeUndefined();
  expect(environmentMatch('g', acme)).toBe('group');
});

describe('ids of one account', () => {
  const files = (
    document: string,
    environments = 'a: { api_key_env: TELNYX_A }\n  b: { api_key_env: TELNYX_B }',
  ) => ({
    'assistantctl.yaml': `project: p\nenvironments:\n  local: { target: emulator }\n  ${environments}\n`,
    'assistants/a.yaml': document,
  });
  const codes = async (document: string, environments?: string) =>
    (await diagnose(files(document, environments))).map(({ severity, code }) => `${severity} ${code}`);

  it('written where several accounts share it is a warning, at its place', async () => {
    const { text, places } = marked(assistant('tool_ids: [§tool-4711, { $ref: tool/look }]'));
    const look = 'kind: tool\nspec: { type: function, display_name: L, function: { name: look } }\n';
    const found = await diagnose({ ...files(text), 'assistants/look.yaml': look });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: 'warning', code: 'ID_SHARED' });
    expect(`${found[0]?.position?.line}:${found[0]?.position?.column}`).toBe(places[0]);
  });

  it.each([
    [
      'an overlay for one account',
      assistant('greeting: Hi', 'environments: { a: { tool_ids: [t1] }, b: { tool_ids: [t2] } }'),
    ],
    ['a document for one account', assistant('tool_ids: [t1]', 'only: [local, a]')],
  ])('%s may hold one', async (_what, document) => {
    expect(await codes(document)).toEqual([]);
  });

  it('environments with one key are one account', async () => {
    expect(await codes(assistant('tool_ids: [t1]'), 'a: {}\n  b: {}')).toEqual([]);
    expect(await codes(assistant('tool_ids: [t1]'))).toEqual(['warning ID_SHARED']);
  });
});
