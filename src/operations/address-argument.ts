import {
  type Address,
  isAddressWord,
  isKind,
  KIND_NAMES,
  type Kind,
  parseAddress,
  toAddress,
} from '../model/address.ts';
import { closest } from '../model/closest.ts';
import { Failure } from '../model/errors.ts';
import { openSpecs } from '../specs/load/load.ts';
import type { Host } from './host.ts';
import { gatherProject } from './session/inputs.ts';
import { openState } from './session/open-state.ts';

/**
 * What a command takes for an address: `assistant/billing`, or the key or the name alone where only one resource of
 * the documents and bindings has it. A short form is never a guess: where several could be meant, all are named.
 */

const KEY = /^[a-z0-9][a-z0-9-]*$/;

/** The address that is meant. Rejects with `usage` where none or several are. */
export async function findAddress(
  host: Host,
  text: string,
  kinds: readonly Kind[] = KIND_NAMES,
): Promise<Address> {
  const parsed = parseAddress(text);
  if (parsed !== undefined) return parsed.address;
  if (!isAddressWord(text)) throw notAnAddress(text);
  const known = await knownResources(host);
  const found = meantBy(text, known).map(({ address }) => address);
  const fitting = found.filter((address) => kinds.some((kind) => address.startsWith(`${kind}/`)));
  const [only, second] = fitting.length > 0 ? fitting : found;
  if (only === undefined) {
    throw notAnAddress(
      text,
      known.map(({ address }) => address),
    );
  }
  if (second === undefined) return only;
  throw new Failure('usage', `${JSON.stringify(text)} can be ${orList(fitting)}`, {
    code: 'ADDRESS_AMBIGUOUS',
    hint: 'write the kind too',
    details: { addresses: fitting },
  });
}

/** Prefers keys to names, and resources that exist to those that were deleted. */
function meantBy(text: string, known: readonly Known[]): readonly Known[] {
  const there = known.filter(({ gone }) => !gone);
  const groups = [
    there.filter(({ key }) => key === text),
    there.filter(({ name }) => name === text),
    known.filter(({ key }) => key === text),
  ];
  return groups.find(({ length }) => length > 0) ?? [];
}

/** The same for several words, each address once. */
export async function findAddresses(
  host: Host,
  texts: readonly string[],
  kinds: readonly Kind[] = KIND_NAMES,
): Promise<readonly Address[]> {
  const addresses: Address[] = [];
  for (const text of texts) addresses.push(await findAddress(host, text, kinds));
  return [...new Set(addresses)];
}

/** The same for options that also take `all`. */
export async function findAddressesOrAll(
  host: Host,
  texts: readonly string[],
): Promise<readonly (Address | 'all')[]> {
  const named = texts.filter((text) => text !== 'all');
  const addresses = await findAddresses(host, named);
  return named.length < texts.length ? ['all', ...addresses] : addresses;
}

interface Known {
  readonly address: Address;
  readonly key: string;
  /** Of a document; bindings know none. */
  readonly name?: string;
  /** Only its copy is left in the state. */
  readonly gone: boolean;
}

/** The resources of documents and bindings; a document with errors does not keep another one from being named. */
async function knownResources(host: Host): Promise<readonly Known[]> {
  const project = await gatherProject(host);
  const [specs, state] = await Promise.all([
    openSpecs(project, host.workspace?.specs()),
    openState(host.runtime, project).load(),
  ]);
  const known = new Map<Address, Known>();
  const add = (text: string, more: Pick<Known, 'name'> & { readonly gone?: boolean } = {}): void => {
    const parsed = parseAddress(text);
    if (parsed === undefined) return;
    known.set(parsed.address, { address: parsed.address, key: parsed.key, gone: false, ...more });
  };
  for (const { address } of state?.deleted ?? []) add(address, { gone: true });
  for (const address of Object.keys(state?.resources ?? {})) add(address);
  for (const address of specs.desired.elsewhere) add(address);
  for (const [address, { name }] of specs.desired.resources) add(address, { name });
  return [...known.values()];
}

function notAnAddress(text: string, known: readonly string[] = []): Failure {
  return new Failure('usage', `${JSON.stringify(text)} is no address`, {
    code: 'ADDRESS_INVALID',
    hint: addressHint(text, known),
  });
}

function addressHint(text: string, known: readonly string[]): string {
  if (isKind(text)) return `write <kind>/<key>; assistantctl schema ${text} prints the fields of the kind`;
  const kinds = `kinds: ${KIND_NAMES.join(', ')}`;
  const near = known.find(
    (address) => closest(text, [address.slice(address.indexOf('/') + 1)]) !== undefined,
  );
  if (near !== undefined) return `did you mean ${near}?`;
  if (KEY.test(text)) return `no document and no binding has the key ${text}; write <kind>/<key>; ${kinds}`;
  return `an address is <kind>/<key>, for example assistant/front-desk; ${kinds}`;
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** What `text` is to be called beside `like`: a key alone is of the same kind. */
export function newAddress(text: string, like: Address): Address {
  const parsed = parseAddress(text) ?? parseAddress(toAddress(kindOf(like), text));
  if (parsed !== undefined) return parsed.address;
  throw notAnAddress(text);
}

function kindOf(address: Address): Kind {
  return parseAddress(address)?.kind ?? 'assistant';
}
