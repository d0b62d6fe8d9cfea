import { hideSecrets } from '../../canonical/canonical.ts';
import type { LiveApi } from '../../live/telnyx/api.ts';
import { ApiError } from '../../model/errors.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { scalarText } from '../../model/side-api.ts';

/** What leads callers to an assistant: shown, never changed. Null where it could not be looked up. */
export interface AssistantSurroundings {
  readonly phone_numbers: readonly string[] | null;
  readonly texml_application: { readonly id: string; readonly name: string | null } | null;
  /** Why something is null. */
  readonly notes: readonly string[];
}

/** Looks up the TeXML application of an assistant and its numbers. What is refused or missing costs that answer. */
export async function readSurroundings(
  api: Pick<LiveApi, 'phoneNumbers' | 'texmlApplication'>,
  { config }: RemoteResource,
): Promise<AssistantSurroundings> {
  const telephony = config.telephony_settings;
  const id = isObject(telephony) ? scalarText(telephony.default_texml_app_id) : '';
  if (id === '') return { phone_numbers: [], texml_application: null, notes: [] };
  const [numbers, application] = await Promise.all([
    attempt('phone numbers', () => api.phoneNumbers(id)),
    attempt('TeXML application', () => api.texmlApplication(id)),
  ]);
  const name = scalarText(application.value?.friendly_name);
  return {
    phone_numbers: numbers.value ?? null,
    texml_application: { id, name: name === '' ? null : name },
    notes: [...numbers.notes, ...application.notes],
  };
}

async function attempt<Value>(
  what: string,
  read: () => Promise<Value>,
): Promise<{ readonly value: Value | undefined; readonly notes: readonly string[] }> {
  try {
    return { value: await read(), notes: [] };
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind === 'interrupted') throw error;
    return { value: undefined, notes: [`the ${what} could not be looked up: ${error.message}`] };
  }
}

/** A live configuration as it may be shown: without secrets. */
export function shownConfig({ kind, config }: Pick<RemoteResource, 'kind' | 'config'>): Json {
  return hideSecrets(SHAPES[kind], config);
}
