import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { fakeRuntime } from '../cli/runtime.ts';
import { CHANGE, fakeForge, HEAD, MERGED, TOKEN } from '../forge/fake-forge.ts';
import { pullProject } from '../pull/project.ts';

const PROJECT = `project: agency
variables: { brand: Northwind }
groups:
  acme: { variables: { brand: Acme } }
environments:
  local: { target: emulator }
  acme-dev: { target: emulator, group: [acme, dev] }
  acme-prod: { target: emulator, group: acme, protected: true }
  bolt-dev: { target: emulator, group: [bolt, dev] }
  main: {}
`;

const DESK = `kind: assistant
spec: { name: Desk, model: openai/gpt-4o, instructions: "Work for \${var.brand}." }
`;

const BOLT = `kind: assistant
only: [bolt]
spec: { name: Bolt, model: openai/gpt-4o, instructions: Bolt alone. }
`;

async function agency() {
  return await pullProject({
    'assistantctl.yaml': PROJECT,
    'assistants/desk.yaml': DESK,
    'assistants/bolt.yaml': BOLT,
  });
}

function environmentsOf(body: JsonObject): readonly JsonObject[] {
  const list: Json | undefined = body.environments;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function exits(body: JsonObject): readonly (readonly [Json | undefined, Json | undefined])[] {
  return environmentsOf(body).map(({ environment, exit }) => [environment, exit]);
}

describe('several environments', () => {
  it('plan takes lists, groups and patterns, in the order of the project, and the document itself for one', async () => {
    const project = await agency();
    const { code, body } = await project.json('plan', '--env', 'dev,acme-*', '--detailed-exitcode');
    expect(code).toBe(2);
    expect(body.format_version).toBe('1.0');
    expect(exits(body)).toEqual([
      ['acme-dev', 2],
      ['acme-prod', 2],
      ['bolt-dev', 2],
    ]);
    expect(environmentsOf(body).map(({ summary }) => isObject(summary ?? null) && summary)).toMatchObject([
      { create: 1 },
      { create: 1 },
      { create: 2 },
    ]);
    const one = await project.json('plan', '--env', 'bolt-dev');
    expect(one.body).toMatchObject({ environment: 'bolt-dev', summary: { create: 2 } });
    expect(one.body.environments).toBeUndefined();
  });

  it('each environment gets the plan that it gets alone', async () => {
    const project = await agency();
    await project.cli('apply', '--env', 'acme-dev', '--yes');
    await project.write('assistants/desk.yaml', DESK.replace('Work for', 'Answer for'));
    const several = await project.json('plan', '--env', 'dev,acme-prod');
    for (const { environment, exit, ...plan } of environmentsOf(several.body)) {
      const { code, body } = await project.json('plan', '--env', String(environment));
      expect(code).toBe(exit);
      const { created_at: _made, expires_at: _until, environment: named, ...alone } = body;
      expect(named).toBe(environment);
      expect(plan).toMatchObject(alone);
    }
  });

  it('a group or pattern with one environment is a list all the same', async () => {
    const project = await agency();
    for (const env of ['bolt', 'bolt-*']) {
      expect(exits((await project.json('plan', '--env', env)).body)).toEqual([['bolt-dev', 0]]);
    }
  });

  it('one table comes first, then each; Markdown too', async () => {
    const project = await agency();
    await project.cli('apply', '--env', 'bolt-dev', '--yes');
    const text = await project.cli('plan', '--env', 'dev', '--offline');
    expect(text.code).toBe(0);
    expect(text.out).toMatch(
      /^ENVIRONMENT +OUTCOME +EXIT\nacme-dev +1 to create +0\nbolt-dev +nothing to do +0\n\nacme-dev\nPlan for acme-dev/,
    );
    expect(text.out).toContain('\nbolt-dev\nNothing to do');
    const markdown = await project.cli('plan', '--env', 'dev', '--offline', '--format', 'markdown');
    expect(markdown.out).toMatch(
      /^<!-- assistantctl:plan env=acme-dev .*\n<!-- assistantctl:plan env=bolt-dev .*\n\| environment \| outcome \| exit \|\n\|---\|---\|---\|\n\| `acme-dev` \| 1 to create \| 0 \|/,
    );
  });

  it('the table goes on the pull request as one comment, which the next run replaces', async () => {
    const project = await agency();
    const forge = await fakeForge('github');
    const plan = await project.cli('plan', '--env', 'dev', '--offline', '--format', 'markdown');
    await project.write('plan.md', plan.out);
    await project.write(
      'event.json',
      JSON.stringify({ pull_request: { number: CHANGE, head: { sha: HEAD } } }),
    );
    const runtime = () =>
      fakeRuntime({
        cwd: project.folder,
        env: {
          PATH: process.env.PATH ?? '',
          GITHUB_ACTIONS: 'true',
          GITHUB_REPOSITORY: 'acme/voice',
          GITHUB_API_URL: forge.url,
          GITHUB_EVENT_PATH: join(project.folder, 'event.json'),
          GITHUB_SHA: MERGED,
          GITHUB_TOKEN: TOKEN,
        },
      });
    for (let round = 0; round < 2; round += 1) {
      expect(await run(['comment', 'plan.md', '--env', 'dev', '--topic', 'plan'], runtime())).toBe(0);
    }
    expect(forge.comments).toHaveLength(1);
    expect(forge.comments[0]?.body).toContain('| `bolt-dev` | 2 to create | 0 |');
    expect(forge.comments[0]?.body).toMatch(/^<!-- assistantctl:plan env=dev /);
  });

  it('the plans of several environments, reviewed as one file, let each of them pass', async () => {
    const project = await agency();
    const planned = await project.cli('plan', '--env', 'acme', '--format', 'json');
    await project.write('reviewed.json', planned.out);
    await project.write('assistants/desk.yaml', DESK.replace('Work for', 'Answer for'));
    const other = await project.json('apply', '--env', 'acme', '--reviewed', 'reviewed.json', '--keep-going');
    expect([other.code, exits(other.body)]).toEqual([
      6,
      [
        ['acme-dev', 6],
        ['acme-prod', 6],
      ],
    ]);
    await project.write('assistants/desk.yaml', DESK);
    const applied = await project.json('apply', '--env', 'acme', '--reviewed', 'reviewed.json');
    expect([applied.code, exits(applied.body)]).toEqual([
      0,
      [
        ['acme-dev', 0],
        ['acme-prod', 0],
      ],
    ]);
  });

  it('all means every environment with an account', async () => {
    const project = await agency();
    expect(exits((await project.json('plan', '--env', 'all', '--offline')).body)).toEqual([['main', 0]]);
  });

  it('apply takes lists and groups, and stops at the first that fails', async () => {
    const project = await agency();
    const stopped = await project.json('apply', '--env', 'acme-prod,bolt-dev', '--yes');
    expect(stopped.code).toBe(5);
    expect(exits(stopped.body)).toEqual([
      ['acme-prod', 5],
      ['bolt-dev', null],
    ]);
    expect(environmentsOf(stopped.body)[1]).toMatchObject({ outcome: 'not_attempted' });
    expect(existsSync(join(project.folder, '.assistantctl/state/bolt-dev.json'))).toBe(false);

    const going = await project.json('apply', '--env', 'acme,bolt-dev', '--keep-going', '--yes');
    expect(going.code).toBe(5);
    expect(exits(going.body)).toEqual([
      ['acme-dev', 0],
      ['acme-prod', 5],
      ['bolt-dev', 0],
    ]);
    const approved = await project.json('apply', '--env', 'acme,bolt-dev', '--approve', 'acme-prod', '--yes');
    expect(approved.code).toBe(0);
    expect(environmentsOf(approved.body).map(({ outcome }) => outcome)).toEqual([
      'nothing',
      'applied',
      'nothing',
    ]);
    const after = await project.json('plan', '--env', 'acme,bolt', '--detailed-exitcode');
    expect(after.code).toBe(0);
  });

  it.each([
    ['a pattern of apply', ['apply', '--env', 'acme-*', '--yes'], 'ENVIRONMENT_PATTERN'],
    ['all of apply', ['apply', '--env', 'all', '--yes'], 'ENVIRONMENT_PATTERN'],
    ['a saved plan of several', ['plan', '--env', 'acme', '--out', 'p.json'], 'ENVIRONMENT_ONE'],
    ['a saved plan for several', ['apply', 'p.json', '--env', 'acme'], 'ENVIRONMENT_ONE'],
    ['HTML of several', ['plan', '--env', 'acme', '--format', 'html'], 'ENVIRONMENT_ONE'],
    ['a pattern that nothing fits', ['plan', '--env', 'x-*'], 'ENVIRONMENT_UNKNOWN'],
    ['a list with a slip', ['plan', '--env', 'acme-dev,acme-pord'], 'ENVIRONMENT_UNKNOWN'],
    ['a list of slips in validate', ['validate', '--env', 'acme-dve,acme-pord'], 'acme-dve, acme-pord'],
    ['several where one is taken', ['state', 'list', '--env', 'acme'], 'ENVIRONMENT_ONE'],
  ])('%s is refused before anything is read', async (_what, argv, code) => {
    const project = await agency();
    const ran = await project.cli(...argv);
    expect(ran.code).toBe(3);
    expect(ran.err).toContain(code);
    expect(project.server.requests).toEqual([]);
  });

  it('validate tells each environment, and what an environment alone has', async () => {
    const project = await agency();
    await project.write(
      'assistants/bad.yaml',
      `kind: assistant\nonly: [bolt]\nspec: { name: Bad, model: x/y, instructions: "\${var.nope}" }\n`,
    );
    const { code, body } = await project.json('validate', '--env', 'dev');
    expect(code).toBe(3);
    expect(exits(body)).toEqual([
      ['acme-dev', 0],
      ['bolt-dev', 3],
    ]);
    const text = await project.cli('validate', '--env', 'dev');
    expect(text.out).toMatch(/^ENVIRONMENT +OUTCOME +EXIT\nacme-dev +valid +0\nbolt-dev +1 error/);
  });

  it('drift and pull take them too; the worst exit code wins', async () => {
    const project = await agency();
    await project.cli('apply', '--env', 'dev', '--yes');
    const clean = await project.json('drift', '--env', 'dev');
    expect([clean.code, exits(clean.body)]).toEqual([
      0,
      [
        ['acme-dev', 0],
        ['bolt-dev', 0],
      ],
    ]);
    const pulled = await project.json('pull', '--env', 'dev', '--drift');
    expect([pulled.code, exits(pulled.body)]).toEqual([
      0,
      [
        ['acme-dev', 0],
        ['bolt-dev', 0],
      ],
    ]);
    const mixed = await project.json('plan', '--env', 'bolt-dev,main', '--detailed-exitcode');
    expect([mixed.code, exits(mixed.body)]).toEqual([
      4,
      [
        ['bolt-dev', 0],
        ['main', 4],
      ],
    ]);
    expect(environmentsOf(mixed.body)[1]).toMatchObject({ error: { code: 'KEY_MISSING' } });
  });
});
