import type { LiveApi } from '../../live/telnyx/api.ts';
import { type Address, type Kind, parseAddress } from '../../model/address.ts';
import { ApiError, Failure } from '../../model/errors.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Project } from '../../model/project.ts';
import { isId } from '../../model/side-api.ts';
import type { State } from '../../model/state.ts';
import type { Host } from '../host.ts';
import { accessTo } from '../session/access.ts';
import { notBound } from '../session/bindings.ts';
import { connect } from '../session/connect.ts';
import { gatherProject } from '../session/inputs.ts';
import { openState } from '../session/open-state.ts';

/** The API, for commands on single live resources. */
export type AccountApi = LiveApi;

/** Where commands on single live resources work: they take addresses, the API takes ids. */
export interface Workplace {
  readonly project: Project;
  /** The live id behind an address, or an id as it was typed. Fails before any request. */
  idOf(kind: Kind, text: string): string;
  /** The address that the state binds to an id; undefined for what is not managed. */
  addressOf(id: string): Address | undefined;
}

/** Project and bindings; no network. */
export async function workplace(host: Host): Promise<Workplace> {
  const project = await gatherProject(host);
  const state = await openState(host.runtime, project).load();
  const addresses = new Map<string, Address>();
  for (const [text, binding] of Object.entries(state?.resources ?? {})) {
    const address = parseAddress(text)?.address;
    if (address !== undefined) addresses.set(binding.remote_id, address);
  }
  return {
    project,
    idOf: (kind, text) => resolveId(state, kind, text),
    addressOf: (id) => addresses.get(id),
  };
}

function resolveId(state: State | undefined, kind: Kind, text: string): string {
  const parsed = parseAddress(text);
  const { noun } = KINDS[kind];
  if (parsed !== undefined) {
    if (parsed.kind !== kind) {
      throw new Failure('usage', `an address of kind ${kind} is needed here, found ${text}`, {
        code: 'KIND_MISMATCH',
        hint: `write ${kind}/<key>, or the id of the ${noun}`,
      });
    }
    const binding = state?.resources[parsed.address];
    if (binding === undefined) throw notBound(parsed.address, state);
    return binding.remote_id;
  }
  if (isId(text)) return text;
  throw new Failure('usage', `${JSON.stringify(text)} is neither an address nor an id`, {
    code: 'ADDRESS_INVALID',
    hint: `write ${kind}/<key>, or the id of the ${noun}`,
  });
}

/** Opens the way to the API for the work and closes it. A refusal is told for what it means to a single command. */
export async function withApi<Result>(
  host: Host,
  project: Project,
  work: (api: LiveApi) => Promise<Result>,
): Promise<Result> {
  const access = accessTo(project.environment, host.runtime.env);
  const connection = await connect(host, project, access);
  try {
    return await work(connection.api);
  } catch (error) {
    throw error instanceof ApiError ? asCommandFailure(error) : error;
  } finally {
    await connection.close();
  }
}

/**
 * A single request has no plan behind it: what is not there was named wrongly, what is refused did not happen, and
 * a write of unknown outcome may have.
 */
function asCommandFailure(error: ApiError): Failure {
  const details = { status: error.status, request_id: error.requestId ?? null };
  if (error.status === 404) {
    const hint = 'check the address or id, the environment and its key';
    return new Failure('usage', error.message, { code: 'NOT_FOUND', hint, details, cause: error });
  }
  if (error.status === 400 || error.status === 409 || error.status === 422) {
    return new Failure('refused', error.message, { code: error.code, details, cause: error });
  }
  if (error.kind !== 'unavailable' || error.effect === 'none') return error;
  const hint = 'it may have taken effect all the same: look before you run the command again';
  return new Failure('partial', error.message, { code: error.code, hint, details, cause: error });
}

/** The failure for something that a list of the account does not have. */
export function notInAccount(what: string, text: string, known: readonly string[]): Failure {
  return new Failure('usage', `the account has no ${what} ${JSON.stringify(text)}`, {
    code: 'NOT_FOUND',
    ...(known.length === 0 ? {} : { hint: `there are: ${known.join(', ')}` }),
  });
}
