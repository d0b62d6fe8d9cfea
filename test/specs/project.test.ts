import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/model/duration.ts';
import { Failure } from '../../src/model/errors.ts';
import { validateAll } from '../../src/specs/load/load.ts';
import { findProjectRoot, loadProject } from '../../src/specs/project/project.ts';
import { brief, makeProject, marked } from './support.ts';

const FULL = `project: northwind-voice
specs: assistants/
default_environment: local
environments:
  local:
    target: emulator
  staging:
    api_key_env: TELNYX_API_KEY_STAGING
    variables: { transfer_number: +13125550100, tries: 3, on: true, text: "x" }
  production:
    base_url: https://api.telnyx.com/v2/
    protected: true
    state: { backend: git }
    drift: revert
limits: { max_deletes: 2, max_change_percent: 10, min_resources: 4 }
concurrency: 4
plan_ttl: 90m
retry: { attempts: 2, budget: 1500ms }
unknown_fields: allow
`;

async function failure(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw new Error('expected a Failure');
}

describe('loadProject', () => {
  test('reads every setting', async () => {
    const root = makeProject({ 'assistantctl.yaml': FULL });
    const { siblings, ...project } = await loadProject(root, 'production');
    expect(siblings.map(({ name }) => name)).toEqual(['local', 'staging']);
    expect(project).toEqual({
      name: 'northwind-voice',
      root,
      specs: 'assistants',
      environments: ['local', 'staging', 'production'],
      groups: { local: [], staging: [], production: [] },
      keyVariables: ['TELNYX_API_KEY', 'TELNYX_API_KEY_STAGING'],
      environment: {
        name: 'production',
        target: 'api',
        apiKeyEnv: 'TELNYX_API_KEY',
        baseUrl: 'https://api.telnyx.com/v2',
        protected: true,
        account: undefined,
        prune: false,
        state: { backend: 'git', remote: 'origin', ref: 'refs/assistantctl/production' },
        drift: 'revert',
        groups: [],
        quirks: {},
        listsShowMain: true,
        variables: {},
        variableOrigins: {},
        settings: expect.objectContaining({ protected: true, drift: 'revert' }),
      },
      limits: { maxDeletes: 2, maxChangePercent: 10, minResources: 4 },
      concurrency: 4,
      planTtlMs: 5_400_000,
      retry: { attempts: 2, budgetMs: 1500 },
      maxReplyBytes: 64 * 1024 * 1024,
      diagnosticLevels: {},
      unknownFields: 'allow',
      ignore: [],
      ignoreLive: [],
      settings: { limits: { max_deletes: 2, max_change_percent: 10, min_resources: 4 } },
      reviewTtlMs: 30 * 86_400_000,
    });
  });

  test('keeps unquoted variables as they are written', async () => {
    const project = await loadProject(makeProject({ 'assistantctl.yaml': FULL }), 'staging');
    expect(project.environment.apiKeyEnv).toBe('TELNYX_API_KEY_STAGING');
    expect(project.environment.variables).toEqual({
      transfer_number: '+13125550100',
      tries: '3',
      on: 'true',
      text: 'x',
    });
  });

  test('fills in the defaults and takes the only environment', async () => {
    const root = makeProject({ 'assistantctl.yaml': 'project: p\nenvironments: { dev: {} }\n' });
    expect(await loadProject(root, undefined)).toMatchObject({
      specs: 'assistants',
      environment: {
        name: 'dev',
        target: 'api',
        baseUrl: undefined,
        protected: false,
        state: { backend: 'file' },
        drift: 'report',
      },
      limits: { maxDeletes: 5, maxChangePercent: 30, minResources: 10 },
      concurrency: 8,
      planTtlMs: 86_400_000,
      retry: { attempts: 4, budgetMs: 30_000 },
      maxReplyBytes: 64 * 1024 * 1024,
      unknownFields: 'error',
    });
  });

  test('an unknown environment lists the known ones', async () => {
    const root = makeProject({ 'assistantctl.yaml': FULL });
    expect(await failure(loadProject(root, 'prod'))).toMatchObject({
      kind: 'usage',
      code: 'ENVIRONMENT_UNKNOWN',
      hint: 'known: local, staging, production',
    });
    await expect(validateAll(root, 'prod')).rejects.toMatchObject({ kind: 'usage' });
  });

  test('no environment and no default is a usage error', async () => {
    const root = makeProject({ 'assistantctl.yaml': 'project: p\nenvironments: { a: {}, b: {} }\n' });
    expect(await failure(loadProject(root, undefined))).toMatchObject({
      kind: 'usage',
      code: 'ENVIRONMENT_NEEDED',
    });
  });

  test.each([
    [
      'unknown and wrong fields, all at once',
      'project: §Big Name\n§enviroments: {}\nenvironments:\n  local: { target: §emulater, drift: §no }\nplan_ttl: §1 day\nconcurrency: §0\n',
      ['VALUE_PATTERN', 'FIELD_UNKNOWN', 'VALUE_UNKNOWN', 'VALUE_UNKNOWN', 'VALUE_PATTERN', 'VALUE_LIMIT'],
    ],
    ['a missing name', '§environments: { a: {} }\n', ['FIELD_MISSING']],
    [
      'a default that does not exist',
      'project: p\ndefault_environment: §prod\nenvironments: { production: {} }\n',
      ['ENVIRONMENT_UNKNOWN'],
    ],
    ['specs outside', 'project: p\nspecs: §../elsewhere\nenvironments: { a: {} }\n', ['FILE_OUTSIDE']],
    ['broken YAML', 'project: p\nenvironments:\n§\ta: {}\n', ['YAML_TAB']],
    ['a duplicate key', 'project: p\n§project: q\nenvironments: { a: {} }\n', ['YAML_DUPLICATE_KEY']],
    ['two documents', 'project: p\nenvironments: { a: {} }\n---\n§project: q\n', ['DOCUMENT_TYPE']],
    ['an empty file', '§', ['DOCUMENT_TYPE']],
    ['a list', '§- a\n', ['DOCUMENT_TYPE']],
  ])('%s', async (_, withMarks, codes) => {
    const { text, places } = marked(withMarks);
    const root = makeProject({ 'assistantctl.yaml': text });
    const expected = places.map((place, index) => `assistantctl.yaml:${place} error ${codes[index]}`);
    const found = await failure(loadProject(root, undefined));
    expect(found).toMatchObject({ kind: 'spec', code: 'PROJECT_INVALID' });
    expect(found.diagnostics.map(brief).sort()).toEqual([...expected].sort());
    expect((await validateAll(root)).diagnostics.map(brief)).toEqual(expected);
  });
});

describe('problems of the project file', () => {
  const SPEC =
    'kind: assistant\nspec: { name: A, model: openai/gpt-4o, instructions: "${var.line}", grating: Hi }\n';
  const codesOf = async (project: string, specs: string = SPEC): Promise<readonly string[]> => {
    const root = makeProject({ 'assistantctl.yaml': project, 'assistants/a.yaml': specs });
    return (await validateAll(root)).diagnostics.map(({ code, position }) => `${position?.file} ${code}`);
  };

  test('do not hide those of the specs', async () => {
    const environments = 'environments: { a: { target: nowhere, variables: { line: x } } }\n';
    expect(await codesOf(`project: p\nconcurrency: 0\n${environments}`)).toEqual([
      'assistantctl.yaml VALUE_LIMIT',
      'assistantctl.yaml VALUE_UNKNOWN',
      'assistants/a.yaml FIELD_UNKNOWN',
    ]);
  });

  test('stand alone where specs depend on what is wrong', async () => {
    expect(await codesOf('project: p\nenvironments: { a: { variable: { line: x } } }\n')).toEqual([
      'assistantctl.yaml FIELD_UNKNOWN',
    ]);
    expect(await codesOf('project: p\nspec: elsewhere\nenvironments: { a: {} }\n')).toEqual([
      'assistantctl.yaml FIELD_UNKNOWN',
    ]);
  });

  test('come before a specs folder that is missing', async () => {
    const project = 'project: p\nspecs: nowhere\nconcurrency: 0\nenvironments: { a: {} }\n';
    expect(await codesOf(project)).toEqual(['assistantctl.yaml VALUE_LIMIT']);
  });
});

describe('findProjectRoot', () => {
  test('walks up to the project file', async () => {
    const root = makeProject({});
    mkdirSync(join(root, 'assistants/deep/er'), { recursive: true });
    expect(await findProjectRoot(join(root, 'assistants/deep/er'))).toBe(root);
    expect(await findProjectRoot(join(root, 'assistants'), '..')).toBe(root);
  });

  test('says what to do when there is none', async () => {
    const root = makeProject({});
    rmSync(join(root, 'assistantctl.yaml'));
    for (const work of [findProjectRoot(root), findProjectRoot(root, '.')]) {
      const found = await failure(work);
      expect(found).toMatchObject({ kind: 'usage', code: 'PROJECT_NOT_FOUND' });
      expect(found.hint).toContain('assistantctl init');
    }
  });
});

test.each([
  ['1500ms', 1500],
  ['30s', 30_000],
  ['90m', 5_400_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1 h', undefined],
  ['h', undefined],
  ['-1s', undefined],
])('the duration %s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
