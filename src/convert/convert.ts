/** Files of other platforms to documents and a report of what became of each value. Pure. */
import { isKind } from '../model/address.ts';
import { PLATFORMS, type Platform } from '../model/file-import.ts';
import { isArray, isObject, type Json } from '../model/json.ts';
import { blandPart, decodeBland } from './bland/decode.ts';
import { type Carry, createCarry, createSecretStore, type TakenSecret } from './carry.ts';
import { decodeElevenLabs } from './elevenlabs/decode.ts';
import { elevenLabsPart } from './elevenlabs/parts.ts';
import { createImportLedger, type Entry } from './import-ledger.ts';
import type { Decoded } from './neutral.ts';
import { decodeRetell, retellPart } from './retell/decode.ts';
import { type Cursor, elements, entries, rootOf } from './source/cursor.ts';
import type { ImportedFile } from './source/source-file.ts';
import { decodeVapi } from './vapi/decode.ts';
import { vapiPart } from './vapi/parts.ts';
import { convertedResources } from './write/documents.ts';
import type { ConvertedResource, Reserved } from './write/registry.ts';

export interface Conversion {
  readonly resources: readonly ConvertedResource[];
  readonly entries: readonly Entry[];
  readonly secrets: readonly TakenSecret[];
  /** Files in which something was found, with the platform it comes from. */
  readonly sources: readonly { readonly file: ImportedFile; readonly platform: Platform }[];
  /** Files in which nothing was recognised. */
  readonly unknown: readonly ImportedFile[];
}

interface PlatformFacts {
  readonly isPart: (value: Json, file: ImportedFile) => boolean;
  readonly decode: (carry: Carry, parts: readonly Cursor[]) => Decoded;
}

const FACTS: { readonly [platform in Platform]: PlatformFacts } = {
  retell: { isPart: (value) => retellPart(value) !== undefined, decode: decodeRetell },
  elevenlabs: {
    isPart: (value, file) => elevenLabsPart(value, file.name) !== undefined,
    decode: decodeElevenLabs,
  },
  vapi: { isPart: (value, file) => vapiPart(value, file.name) !== undefined, decode: decodeVapi },
  bland: { isPart: (value) => blandPart(value) !== undefined, decode: decodeBland },
};

/** Exports are wrapped in lists, pages and folders of folders, but not more often than this. */
const MAX_WRAPPERS = 4;

/** `reserved`: keys and names that the project has for something else. */
export function convert(
  files: readonly ImportedFile[],
  only: Platform | undefined,
  reserved: readonly Reserved[] = [],
): Conversion {
  const ledger = createImportLedger();
  const secrets = createSecretStore();
  const found = files.map((file) => ({ file, ...recognised(file, only) }));
  const sources = found.flatMap(({ file, platform }) => (platform === undefined ? [] : [{ file, platform }]));
  const decoded = PLATFORMS.map((platform) => {
    const parts = found.flatMap((each) => (each.platform === platform ? each.parts : []));
    return parts.length === 0
      ? NOTHING
      : FACTS[platform].decode(createCarry(platform, ledger, secrets), parts);
  });
  const entry = decoded.find((each) => each.entry !== undefined)?.entry;
  const all: Decoded = {
    agents: decoded.flatMap(({ agents }) => agents),
    tests: decoded.flatMap(({ tests }) => tests),
    tools: decoded.flatMap(({ tools }) => tools ?? []),
    ...(entry === undefined ? {} : { entry }),
  };
  return {
    resources: convertedResources(all, ledger, reserved),
    entries: ledger.entries(),
    secrets: secrets.taken(),
    sources,
    unknown: found.flatMap(({ file, platform }) => (platform === undefined ? [file] : [])),
  };
}

const NOTHING: Decoded = { agents: [], tests: [] };

/** The platform that knows most of a file, and its parts. */
function recognised(
  file: ImportedFile,
  only: Platform | undefined,
): { platform?: Platform; parts: readonly Cursor[] } {
  if (isOurs(file.value)) return { parts: [] };
  const order = only === undefined ? (['retell', 'elevenlabs', 'vapi', 'bland'] as const) : [only];
  for (const platform of order) {
    const parts = partsIn(rootOf(file), (value) => FACTS[platform].isPart(value, file), 0);
    if (parts.length > 0) return { platform, parts };
  }
  return { parts: [] };
}

/** Documents of this program lie beside what is imported, or are named by mistake: they are nobody's export. */
function isOurs(value: Json): boolean {
  const documents = isArray(value) ? value : [value];
  return (
    documents.length > 0 &&
    documents.every(
      (each) => isObject(each) && typeof each.kind === 'string' && isKind(each.kind) && isObject(each.spec),
    )
  );
}

/** The outermost objects that a platform knows. */
function partsIn(at: Cursor, isPart: (value: Json) => boolean, depth: number): readonly Cursor[] {
  if (isPart(at.value)) return [at];
  if (depth >= MAX_WRAPPERS) return [];
  const inner = [...elements(at), ...entries(at).map(([, entry]) => entry)];
  return inner
    .filter(({ value }) => typeof value === 'object' && value !== null)
    .flatMap((each) => partsIn(each, isPart, depth + 1));
}
