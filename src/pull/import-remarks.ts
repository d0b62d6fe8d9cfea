/** What a pull has to say about a resource, as diagnostics. */
import type { Address } from '../model/address.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { KINDS } from '../model/kinds.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { ExtractedSecret } from './extract-secrets.ts';

export function extractedSecretsNote(address: Address, secrets: readonly ExtractedSecret[]): Diagnostic {
  const places = secrets.map(({ pointer, identifier }) => `${pointer} (${identifier})`).join(', ');
  const many = secrets.length > 1;
  return {
    severity: 'warning',
    code: 'PULL_CREDENTIAL',
    message: `${address} holds ${many ? `${secrets.length} literal credentials` : 'a literal credential'}, which ${many ? 'are' : 'is'} not written: ${places}`,
    address,
    hint: 'store each as an integration secret of that identifier in the Telnyx portal, then remove the line from ignore_changes and apply; until then the live value stays as it is',
  };
}

export function unknownNote(address: Address, pointers: readonly string[]): Diagnostic {
  return {
    severity: 'info',
    code: 'PULL_UNKNOWN_FIELD',
    message: `${address} has fields that this release does not know; they are left to the dashboard: ${listed(pointers)}`,
    address,
    hint: 'unknown_fields: allow in assistantctl.yaml takes them into the specs',
  };
}

export function leftOutNote(address: Address, pointers: readonly string[]): Diagnostic {
  return {
    severity: 'warning',
    code: 'PULL_LEFT_OUT',
    message: `${address} has values that validate refuses; they stay live and are left to the dashboard: ${listed(pointers)}`,
    address,
  };
}

export function maskedNote(address: Address, count: number): Diagnostic {
  return {
    severity: 'info',
    code: 'PULL_MASKED',
    message: `the API hides ${count === 1 ? 'a secret' : `${count} secrets`} of ${address}; what is not written is not managed and stays`,
    address,
  };
}

export function skippedNote(address: Address, resource: RemoteResource): Diagnostic {
  return {
    severity: 'warning',
    code: 'PULL_SKIPPED',
    message: `the ${KINDS[resource.kind].noun} ${resource.id} cannot be said by a document and is not adopted`,
    address,
    hint: 'documents that refer to it keep its id; repair it in the dashboard, or pull again with a newer release',
  };
}

function listed(pointers: readonly string[]): string {
  const shown = [...new Set(pointers)].slice(0, 8).join(', ');
  return pointers.length > 8 ? `${shown} and ${pointers.length - 8} more` : shown;
}
