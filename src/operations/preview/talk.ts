import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../../model/errors.ts';
import type { PreviewPart } from '../../model/preview-report.ts';
import type { TalkEntry } from '../../model/talk.ts';
import { takesWebCalls } from '../../release/assistant-copy.ts';
import { reasonOf } from '../files.ts';
import type { Connection } from '../session/connect.ts';
import type { Inputs } from '../session/inputs.ts';
import type { Staged } from './stage.ts';

const WRITE = 'spec:\n  telephony_settings:\n    supports_unauthenticated_web_calls: true';

/** Which of the staged assistants a browser may call, read from what stands in the account. */
export async function talkEntries(
  { api }: Connection,
  { desired }: Inputs,
  { parts }: Pick<Staged, 'parts'>,
): Promise<readonly TalkEntry[]> {
  const assistants = parts.filter(({ address }) => address.startsWith('assistant/'));
  const entries = await Promise.all(
    assistants.map((part) => {
      const resource = [...desired.resources.values()].find(({ address }) => address === part.address);
      const position = desired.locate(part.address, '/telephony_settings') ?? resource?.position;
      const at = position === undefined ? '' : ` (${position.file}:${position.line})`;
      return entryOf(api, part, resource?.name ?? part.address, at);
    }),
  );
  return entries.flatMap((entry) => entry ?? []);
}

async function entryOf(
  api: Connection['api'],
  { remote_id: id, version_id: version, address }: PreviewPart,
  name: string,
  at: string,
): Promise<TalkEntry | undefined> {
  if (id === null) return undefined;
  const base = { address, name, remote_id: id, version_id: version };
  const [main, staged] = await Promise.all([
    api.get('assistant', id),
    version === null ? undefined : api.getVersion(id, version),
  ]);
  const callee = version === null ? main : staged;
  if (callee === undefined)
    return { ...base, status: 'closed', reason: 'it is not in the account any more', write: null };
  if (!takesWebCalls(callee.config)) {
    const reason = `it takes no calls from a browser: its spec${at} does not allow them`;
    return { ...base, status: 'closed', reason, write: WRITE };
  }
  const caution =
    main !== undefined && takesWebCalls(main.config)
      ? null
      : 'Its main does not allow calls from a browser yet; Telnyx may refuse this one until the change is merged.';
  return { ...base, status: 'open', caution };
}

/** Writes the page for a person to open, in a folder that is made where it is missing. */
export async function writeTalkPage(path: string, page: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, page);
  } catch (cause) {
    throw new Failure('usage', `${path} cannot be written: ${reasonOf(cause)}`, {
      code: 'FILE_WRITE',
      hint: 'name a file in a folder that may be written to: --talk FILE',
      cause,
    });
  }
}
