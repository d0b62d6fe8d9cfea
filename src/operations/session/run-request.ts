import { type ErrorKind, Failure } from '../../model/errors.ts';
import type { StoredRequest } from '../../model/request.ts';
import type { Host } from '../host.ts';
import { moveRollouts } from '../release/move-rollouts.ts';
import { promoteVersions } from '../release/promote.ts';
import { rollBack } from '../release/rollback.ts';
import { gatherProject } from './inputs.ts';
import { openRequests } from './requests.ts';

/** What came of a request. */
export interface DoneRequest {
  readonly id: string;
  readonly by: string;
  readonly words: readonly string[];
  readonly exitKind: ErrorKind | null;
  readonly message: string | null;
}

/** Takes the oldest command that somebody left, and does it. Undefined where none waits or somebody else took it. */
export async function runRequest(host: Host): Promise<DoneRequest | undefined> {
  const project = await gatherProject(host);
  const store = openRequests(host.runtime, project);
  const request = (await store.list()).find(({ kind }) => kind === 'run');
  if (request === undefined || !(await store.take(request.id))) return undefined;
  const { id, by, words } = request;
  try {
    const exitKind = await carryOutRequest(host, project.environment.name, request);
    return { id, by, words, exitKind, message: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { id, by, words, exitKind: error.kind, message: error.message };
  }
}

/** The commands that may be asked for, checked before they are left and again before they are done. */
export function parseRequest(words: readonly string[]): ParsedRequest {
  const [first = '', second = '', ...others] = words;
  const command = first === 'rollout' ? `${first} ${second}` : first;
  const rest = first === 'rollout' ? others : words.slice(1);
  const [address, ...flags] = rest;
  const known = ['rollback', 'promote', 'rollout promote', 'rollout abort'] as const;
  const name = known.find((one) => one === command);
  if (name === undefined || address === undefined || address.startsWith('-')) {
    throw new Failure('usage', `${JSON.stringify(words.join(' '))} cannot be asked for`, {
      code: 'REQUEST_UNKNOWN',
      hint: 'ask for: rollback ADDR [--to ID] [--reason TEXT], promote ADDR [--version ID], rollout promote|abort ADDR [--reason TEXT]',
    });
  }
  return { name, address, flags: flagsOf(flags, FLAGS[name]) };
}

interface ParsedRequest {
  readonly name: 'rollback' | 'promote' | 'rollout promote' | 'rollout abort';
  readonly address: string;
  readonly flags: ReadonlyMap<string, string>;
}

const FLAGS = {
  rollback: ['--to', '--reason'],
  promote: ['--version'],
  'rollout promote': ['--reason'],
  'rollout abort': ['--reason'],
} as const;

function flagsOf(words: readonly string[], allowed: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let index = 0; index < words.length; index += 2) {
    const [name = '', value] = words.slice(index, index + 2);
    if (!allowed.includes(name) || value === undefined) {
      throw new Failure('usage', `${name} does not belong to this request`, {
        code: 'REQUEST_UNKNOWN',
        hint: `it takes ${allowed.join(', ')}, each with a value`,
      });
    }
    found.set(name, value);
  }
  return found;
}

async function carryOutRequest(
  host: Host,
  environment: string,
  { words, by }: StoredRequest,
): Promise<ErrorKind | null> {
  const { name, address, flags } = parseRequest(words);
  const reason = flags.get('--reason') ?? `asked for by ${by}`;
  const asked = { approve: environment, confirm: async () => {} };
  switch (name) {
    case 'rollback': {
      const to = flags.get('--to');
      const { exitKind } = await rollBack(host, address, {
        ...asked,
        asksPerson: false,
        reason,
        ...(to !== undefined && { to }),
      });
      return exitKind;
    }
    case 'promote': {
      const version = flags.get('--version');
      const { exitKind } = await promoteVersions(host, [address], {
        ...asked,
        ...(version !== undefined && { version }),
      });
      return exitKind;
    }
    case 'rollout promote':
    case 'rollout abort': {
      const order = name === 'rollout promote' ? 'promote' : 'abort';
      const { exitKind } = await moveRollouts(host, [address], { order, reason, approve: environment });
      return exitKind ?? null;
    }
    default:
      return name satisfies never;
  }
}
