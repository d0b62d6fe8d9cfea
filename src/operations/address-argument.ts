import { type Address, KIND_NAMES, parseAddress } from '../model/address.ts';
import { Failure } from '../model/errors.ts';

/** Rejects with `usage` what is no `<kind>/<key>`. */
export function requireAddress(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed !== undefined) return parsed.address;
  throw new Failure('usage', `${JSON.stringify(text)} is no address`, {
    code: 'ADDRESS_INVALID',
    hint: addressHint(text),
  });
}

export function addressHint(text: string = ''): string {
  // `billing` alone: the kind is what is missing, and mostly it is an assistant.
  if (/^[a-z0-9][a-z0-9-]*$/.test(text)) {
    return `write the kind too: did you mean assistant/${text}? kinds: ${KIND_NAMES.join(', ')}`;
  }
  return `an address is <kind>/<key>, for example assistant/front-desk; kinds: ${KIND_NAMES.join(', ')}`;
}
