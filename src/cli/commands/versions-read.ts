import { hideSecrets } from '../../canonical/canonical.ts';
import { withReferences } from '../../canonical/walk.ts';
import { Failure } from '../../model/errors.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import type { RemoteResource } from '../../model/remote.ts';
import { readVersion } from '../../operations/release/promotions.ts';
import { rowOf, versionId, withVersions } from '../../operations/release/versions.ts';
import { gather, gatherProject } from '../../operations/session/inputs.ts';
import { configFields, specFields } from '../../plan/version-diff.ts';
import { renderVersion, renderVersionDiff, renderVersions } from '../../render/terminal/versions-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Every version of an assistant with what it is needed for. */
export async function listVersions(context: Context, text: string, format: string): Promise<number> {
  const project = await gatherProject(context);
  return await withVersions(context, project, text, async (seen) => {
    const versions = seen.versions.map((version) => rowOf(version, seen));
    const mains = seen.binding.mains ?? [];
    if (format === 'json') context.printJson({ address: seen.address, versions, mains });
    else context.print(renderVersions(seen.address, versions, mains, context.style));
    return EXIT_DONE;
  });
}

/** One version whole, secrets hidden and ids as addresses. */
export async function showVersion(
  context: Context,
  text: string,
  id: string,
  format: string,
): Promise<number> {
  const project = await gatherProject(context);
  return await withVersions(context, project, text, async (seen) => {
    const version = await readVersion(seen, seen, versionId(seen, id));
    const config = hideSecrets(SHAPES.assistant, withReferences(SHAPES.assistant, version.config, seen.refs));
    const row = rowOf(version, seen);
    if (format === 'json') context.printJson({ address: seen.address, ...row, config });
    else context.print(renderVersion(seen.address, row, config, context.style));
    return EXIT_DONE;
  });
}

/** What differs between two versions, or between a version and what Git says. */
export async function diffVersions(
  context: Context,
  text: string,
  from: string,
  to: string,
  format: string,
): Promise<number> {
  if (from === 'git') {
    throw new Failure('usage', 'git can only be the second side', {
      code: 'DIFF_SIDES',
      hint: `assistantctl versions diff ${text} ${to} git`,
    });
  }
  const inputs = to === 'git' ? await gather(context) : undefined;
  const project = inputs?.project ?? (await gatherProject(context));
  return await withVersions(context, project, text, async (seen) => {
    const read = (id: string): Promise<RemoteResource> => readVersion(seen, seen, versionId(seen, id));
    const left = await read(from);
    const resource = inputs?.desired.resources.get(seen.address);
    if (inputs !== undefined && resource === undefined) {
      throw new Failure('usage', `${seen.address} has no spec`, { code: 'SPEC_NONE' });
    }
    const fields =
      resource === undefined
        ? configFields(left.config, (await read(to)).config, seen.refs)
        : specFields(left.config, resource, seen.refs);
    const title = { address: seen.address, from: sideName(seen, from), to: sideName(seen, to) };
    if (format === 'json') context.printJson({ ...title, fields });
    else context.print(renderVersionDiff(title, fields, context.style));
    return EXIT_DONE;
  });
}

function sideName(seen: Parameters<typeof versionId>[0], word: string): string {
  const id = versionId(seen, word);
  return id === word ? word : `${word} (${id})`;
}
