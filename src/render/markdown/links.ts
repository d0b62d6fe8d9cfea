import { code } from './markdown.ts';

/** Links into the Telnyx portal. Ids of the API alone are linked: nothing of a document becomes part of an address. */

const PORTAL = 'https://portal.telnyx.com/#/ai/assistants/edit/';

export interface LinkedResource {
  readonly address: string;
  readonly id: string;
  readonly version: string | null;
}

/** The text as a link to the assistant, or to its version, in the portal; as code where there is no page to link. */
export function portalLink(text: string, { address, id, version }: LinkedResource): string {
  const url = portalUrl(address, id, version);
  return url === undefined ? code(text) : `[${code(text)}](${url})`;
}

function portalUrl(address: string, id: string, version: string | null): string | undefined {
  const known = address.startsWith('assistant/') && /^assistant-[\w-]{1,80}$/.test(id);
  if (!known || (version !== null && !/^[\w-]{1,80}$/.test(version))) return undefined;
  return `${PORTAL}${id}${version === null ? '' : `?version=${version}`}`;
}
