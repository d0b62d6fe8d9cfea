/** The kinds of resource that a spec document can describe. */
export const KIND_NAMES = ['assistant', 'tool', 'mcp_server', 'test', 'insight', 'insight_group'] as const;

export type Kind = (typeof KIND_NAMES)[number];

/** What a `{ $ref }` may point at: a managed kind, or an entry of the integration catalogue by name. */
export type RefKind = 'assistant' | 'tool' | 'mcp_server' | 'insight' | 'insight_group' | 'integration';

/** `<kind>/<key>`, for example `assistant/front-desk`. */
export type Address = `${Kind}/${string}`;

/** Text of a `$ref`: an {@link Address} or `integration/<catalogue name>`. */
export type RefTarget = Address | `integration/${string}`;

export const KEY_PATTERN = /^[a-z0-9][a-z0-9-]*$/;

export function isKind(value: unknown): value is Kind {
  return typeof value === 'string' && KIND_NAMES.some((kind) => kind === value);
}

export function toAddress(kind: Kind, key: string): Address {
  return `${kind}/${key}`;
}

/** Splits an address; undefined when the text is none. */
export function parseAddress(text: string): { kind: Kind; key: string; address: Address } | undefined {
  const slash = text.indexOf('/');
  const kind = text.slice(0, slash);
  const key = text.slice(slash + 1);
  if (slash < 0 || !isKind(kind) || !KEY_PATTERN.test(key)) return undefined;
  return { kind, key, address: toAddress(kind, key) };
}

/** A word that can be meant for an address; the longest name that the API takes has 255 characters. */
export function isAddressWord(text: string): boolean {
  return (
    parseAddress(text) !== undefined || (text.trim() !== '' && !text.includes('/') && text.length <= 255)
  );
}
