import type { LiveApi } from '../../live/telnyx/api.ts';
import { type Address, type Kind, parseAddress } from '../../model/address.ts';
import { ApiError, Failure } from '../../model/errors.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Project } from '../../model/project.ts';
import { isId } from '../../model/side-api.ts';
import type { State } from '../../model/state.ts';
import type { Host } from '../host.ts';
import { notBound } from '../session/bindings.ts';
import { gatherProject } from '../session/inputs.ts';
import { readState, withConnection } from '../session/opener.ts';

/** The API, for commands on single live resources. */
export type AccountApi = LiveApi;

/** Finds the live id of a resource that a command names: commands take addresses, the API takes ids. */
export interface ResourceIds {
  readonly project: Project;
  /** The live id behind an address, a key, a name or an id as it was typed; only names are looked up in the account. */
  idOf(kind: Kind, text: string): Promise<string>;
  /** The same without names, for what is no longer in the account. Sends no request. */
  boundIdOf(kind: Kind, text: string): string;
  /** The address that the state binds to an id; undefined for what is not managed. */
  addressOf(id: string): Address | undefined;
}

/** Project and bindings; no network. */
export async function resourceIds(host: Host): Promise<ResourceIds> {
  const project = await gatherProject(host);
  const state = await readState(host, project);
  const addresses = new Map<string, Address>();
  for (const [text, binding] of Object.entries(state?.resources ?? {})) {
    const address = parseAddress(text)?.address;
    if (address !== undefined) addresses.set(binding.remote_id, address);
  }
  return {
    project,
    idOf: async (kind, text) => boundId(state, kind, text) ?? (await namedId(host, project, kind, text)),
    boundIdOf: (kind, text) => boundId(state, kind, text) ?? idAsTyped(kind, text),
    addressOf: (id) => addresses.get(id),
  };
}

/** The id that the state binds to an address or to a key; undefined for what is neither. */
function boundId(state: State | undefined, kind: Kind, text: string): string | undefined {
  const parsed = parseAddress(text);
  if (parsed === undefined) return state?.resources[`${kind}/${text}`]?.remote_id;
  if (parsed.kind !== kind) {
    throw new Failure('usage', `an address of kind ${kind} is needed here, found ${text}`, {
      code: 'KIND_MISMATCH',
      hint: `write ${kind}/<key>, or the name or id of the ${KINDS[kind].noun}`,
    });
  }
  const binding = state?.resources[parsed.address];
  if (binding === undefined) throw notBound(parsed.address, state);
  return binding.remote_id;
}

/** The id of the one live resource of that name. What is no name is taken for an id. */
async function namedId(host: Host, project: Project, kind: Kind, text: string): Promise<string> {
  if (looksLikeId(text)) return text;
  const live = await withApi(host, project, (api) => api.list(kind));
  if (live.some(({ id }) => id === text)) return text;
  const exact = live.filter(({ name }) => name === text);
  const near = live.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  const [found, second] = exact.length > 0 ? exact : near;
  const { noun } = KINDS[kind];
  if (found !== undefined && second === undefined) return found.id;
  if (found === undefined) {
    if (isId(text)) return text;
    throw notInAccount(noun, text, live.map(({ name }) => name).sort());
  }
  const ids = (exact.length > 0 ? exact : near).map(({ id }) => id).sort();
  throw new Failure('usage', `the account has ${ids.length} of the name ${JSON.stringify(text)}`, {
    code: 'NAME_AMBIGUOUS',
    hint: `write the id of one of them: ${ids.join(', ')}`,
    details: { ids },
  });
}

/** As the API makes ids; anything else is looked for among the names first. */
function looksLikeId(text: string): boolean {
  return /^(?:assistant|tool)-\S+$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function idAsTyped(kind: Kind, text: string): string {
  if (isId(text)) return text;
  throw new Failure('usage', `${JSON.stringify(text)} is neither an address nor an id`, {
    code: 'ADDRESS_INVALID',
    hint: `write ${kind}/<key>, or the id of the ${KINDS[kind].noun}`,
  });
}

/** Connects to the account for the work. An API error becomes the failure that it means for a command of one request. */
export async function withApi<Result>(
  host: Host,
  project: Project,
  work: (api: LiveApi) => Promise<Result>,
): Promise<Result> {
  return await withConnection(host, project, async ({ api }) => {
    try {
      return await work(api);
    } catch (error) {
      throw error instanceof ApiError ? asCommandFailure(error) : error;
    }
  });
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
