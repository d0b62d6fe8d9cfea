import { expect } from 'vitest';
import type { Ran } from '../e2e/harness.ts';
import { inProcess } from '../forge/in-process.ts';
import { type ForgeServer, type ForgeServerOptions, forgeServer, type Pull } from './forge-server.ts';
import { assistant, type Repository, type Request, repository } from './repository.ts';

const FILES = {
  'assistants/billing.yaml': assistant('billing'),
  'assistants/front-desk.yaml': assistant('front-desk'),
};

export interface World {
  readonly repo: Repository;
  readonly forge: ForgeServer;
  /** A request with its comment, and merged by squashing. */
  merged(
    name: string,
    edit: () => Promise<void>,
    how?: 'squash' | 'merge' | 'rebase',
  ): Promise<{ readonly request: Request; readonly pull: Pull }>;
  print(...more: readonly string[]): ReturnType<typeof inProcess>;
  /** Applies main with what `comment --print-reviewed` prints. */
  apply(...more: readonly string[]): Promise<Ran>;
  /** Tells what a command printed as JSON to the change requests. */
  report(json: string, ...more: readonly string[]): ReturnType<typeof inProcess>;
}

export async function world(options: ForgeServerOptions = {}): Promise<World> {
  const repo = await repository(FILES);
  const forge = await forgeServer(options);
  const first = await repo.project.run('apply', '--env', 'live');
  expect(first.code, first.stderr).toBe(0);
  const print: World['print'] = async (...more) =>
    await inProcess(
      repo.project,
      forge.env(await repo.git('rev-parse', 'HEAD')),
      'comment',
      '--print-reviewed',
      '--env',
      'live',
      ...more,
    );
  return {
    repo,
    forge,
    print,
    merged: async (name, edit, how) => {
      const request = await repo.request(name, edit);
      const pull = forge.open(await repo.git('rev-parse', name));
      forge.say(pull, request.markdown);
      await repo.merge(request, how);
      pull.merged = await repo.git('rev-parse', 'HEAD');
      return { request, pull };
    },
    apply: async (...more) => {
      const printed = await print();
      expect(printed.code, printed.stderr).toBe(0);
      const file = await repo.file(printed.stdout);
      return await repo.project.run('apply', '--env', 'live', '--reviewed', file, ...more);
    },
    report: async (json, ...more) => {
      const env = forge.env(await repo.git('rev-parse', 'HEAD'));
      const file = await repo.file(json);
      return await inProcess(repo.project, env, 'comment', '--report', file, '--env', 'live', ...more);
    },
  };
}
