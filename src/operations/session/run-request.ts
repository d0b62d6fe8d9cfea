import { type ErrorKind, Failure } from '../../model/errors.ts';
import type { Happening } from '../../model/event.ts';
import type { Project } from '../../model/project.ts';
import type { Sidecar, StoredRequest, TakenRequest } from '../../model/request.ts';
import { applyHappenings, rolloutHappenings } from '../events/happenings.ts';
import type { Host } from '../host.ts';
import { moveRollouts } from '../release/move-rollouts.ts';
import { promoteVersions } from '../release/promote.ts';
import { rollBack } from '../release/rollback.ts';
import { gatherProject } from './inputs.ts';
import { holderName, openState } from './open-state.ts';
import { processName } from './process-identity.ts';
import { changeRequest, openSidecar } from './requests.ts';

/** What came of a request. */
export interface DoneRequest {
  readonly id: string;
  readonly by: string;
  readonly words: readonly string[];
  readonly exitKind: ErrorKind | null;
  readonly message: string | null;
  readonly happenings: readonly Happening[];
}

export interface RunRequestOptions {
  /** What is beside the state, where it was read already. */
  readonly known?: Sidecar;
  /** Whether who took the request is certainly gone. Clocks of two machines differ, so that its time tells nothing. */
  readonly isLeftBehind?: (id: string, taken: TakenRequest) => boolean;
}

/**
 * Takes the oldest command that somebody left, and does it. Undefined where none waits or somebody else took it. One
 * that was taken by a process that is gone is done again, unless main has moved since: then it took effect.
 */
export async function runRequest(
  host: Host,
  { known, isLeftBehind = () => false }: RunRequestOptions = {},
): Promise<DoneRequest | undefined> {
  const project = await gatherProject(host);
  const { requests } = known ?? (await openSidecar(host.runtime, project).read());
  const request = requests.find(
    ({ id, kind, taken }) => kind === 'run' && (taken === undefined || isLeftBehind(id, taken)),
  );
  if (request === undefined) return undefined;
  const main = await mainOf(host, project, request);
  const tookEffect = request.taken !== undefined && request.taken.main !== main;
  const taken: TakenRequest = {
    by: holderName(host.runtime),
    process: await processName(host.runtime),
    at: host.runtime.clock().toISOString(),
    main: request.taken?.main ?? main,
  };
  const { id, by, words } = request;
  const mine = await changeRequest(
    host,
    project,
    id,
    (found) => (found.taken?.at === request.taken?.at ? { ...found, taken } : found),
    `taken: ${id}`,
  );
  if (!mine) return undefined;
  const environment = project.environment.name;
  const confirm = (): Promise<void> => requireTaken(host, project, id, taken);
  const ended = tookEffect ? NOTHING_LEFT : await endOf(host, environment, { request, confirm });
  if (ended.code === 'REQUEST_TAKEN') return undefined;
  // Somebody is at work, or the API is gone: it waits for its turn, with whoever had begun it before.
  if (ended.code === 'LOCK_HELD' || ended.exitKind === 'interrupted' || ended.exitKind === 'unavailable') {
    await changeRequest(host, project, id, givenBack(taken, request.taken), `left: ${id}`);
    return undefined;
  }
  // Also where somebody took it over meanwhile: it is done.
  await changeRequest(host, project, id, () => undefined, `done: ${id}`);
  const before = ended.code === 'NO_ROLLOUT' && request.taken !== undefined;
  const { exitKind, message, happenings } = before ? NOTHING_LEFT : ended;
  return { id, by, words, exitKind, message, happenings };
}

interface RequestEnd {
  readonly exitKind: ErrorKind | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly happenings: readonly Happening[];
}

const NOTHING_LEFT: RequestEnd = { exitKind: null, code: null, message: null, happenings: [] };

interface Order {
  readonly request: StoredRequest;
  /** Fails where the request is not ours any more. Called when nobody else is at work. */
  readonly confirm: () => Promise<void>;
}

async function endOf(host: Host, environment: string, { request, confirm }: Order): Promise<RequestEnd> {
  try {
    const { exitKind, happenings } = await carryOutRequest(host, environment, { request, confirm });
    return { exitKind, code: null, message: null, happenings };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { kind, code, message } = error;
    const text = `a request ended with ${code} in ${environment}`;
    const failed: Happening = { type: 'failed', text, data: { code, request: request.id } };
    return { exitKind: kind, code, message, happenings: [failed] };
  }
}

function isTakenBy({ taken }: StoredRequest, mine: TakenRequest): boolean {
  return taken?.at === mine.at && taken.process === mine.process && taken.by === mine.by;
}

/** Whoever is suspended between taking a request and doing it may find that another process did it. */
async function requireTaken(host: Host, project: Project, id: string, mine: TakenRequest): Promise<void> {
  const { requests } = await openSidecar(host.runtime, project).read();
  const found = requests.find((request) => request.id === id);
  if (found !== undefined && isTakenBy(found, mine)) return;
  throw new Failure('refused', `request ${id} was taken by another process meanwhile`, {
    code: 'REQUEST_TAKEN',
    hint: 'nothing is to be done: the other process does it',
  });
}

/** As it was before this process took it. One that is done, or that somebody else took, stays as it is. */
function givenBack(
  mine: TakenRequest,
  before: TakenRequest | undefined,
): (request: StoredRequest) => StoredRequest {
  return (request) => {
    if (!isTakenBy(request, mine)) return request;
    const { taken: _taken, ...free } = request;
    return before === undefined ? free : { ...free, taken: before };
  };
}

/** The version that was main at the last write, of the assistant that the command is about. */
async function mainOf(host: Host, project: Project, { words }: StoredRequest): Promise<string | null> {
  const state = await openState(host.runtime, project).load();
  const name = words.find((word) => Object.hasOwn(state?.resources ?? {}, word));
  return name === undefined ? null : (state?.resources[name]?.main_version_id ?? null);
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
    const asked = JSON.stringify(words.join(' '));
    const problem = name === undefined ? `${asked} cannot be asked for` : `${asked} names no assistant`;
    throw new Failure('usage', problem, {
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
  { request: { words, by }, confirm }: Order,
): Promise<Pick<RequestEnd, 'exitKind' | 'happenings'>> {
  const { name, address, flags } = parseRequest(words);
  const reason = flags.get('--reason') ?? `asked for by ${by}`;
  const asked = { approve: environment, confirm };
  switch (name) {
    case 'rollback': {
      const to = flags.get('--to');
      const executed = await rollBack(host, address, {
        ...asked,
        asksPerson: false,
        reason,
        ...(to !== undefined && { to }),
      });
      return { exitKind: executed.exitKind, happenings: applyHappenings(environment, executed) };
    }
    case 'promote': {
      const version = flags.get('--version');
      const executed = await promoteVersions(host, [address], {
        ...asked,
        ...(version !== undefined && { version }),
      });
      return { exitKind: executed.exitKind, happenings: applyHappenings(environment, executed) };
    }
    case 'rollout promote':
    case 'rollout abort': {
      const order = name === 'rollout promote' ? 'promote' : 'abort';
      const moved = await moveRollouts(host, [address], { order, reason, ...asked });
      return { exitKind: moved.exitKind ?? null, happenings: rolloutHappenings(moved.report) };
    }
    default:
      return name satisfies never;
  }
}
