import { versionComparison, versionList, wholeVersion } from '../../operations/release/read-versions.ts';
import { renderVersion, renderVersionDiff, renderVersions } from '../../render/terminal/versions-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Every version of an assistant with what it is needed for. */
export async function listVersions(context: Context, text: string, format: string): Promise<number> {
  const found = await versionList(context, text);
  if (format === 'json') context.printJson(found);
  else context.print(renderVersions(found.address, found.versions, found.mains, context.style));
  return EXIT_DONE;
}

/** One version whole, secrets hidden and ids as addresses. */
export async function showVersion(
  context: Context,
  text: string,
  id: string,
  format: string,
): Promise<number> {
  const { address, row, config } = await wholeVersion(context, text, id);
  if (format === 'json') context.printJson({ address, ...row, config });
  else context.print(renderVersion(address, row, config, context.style));
  return EXIT_DONE;
}

/** What differs between two versions, or between a version and what Git says. */
export async function diffVersions(
  context: Context,
  text: string,
  from: string,
  to: string,
  format: string,
): Promise<number> {
  const { title, fields } = await versionComparison(context, text, from, to);
  if (format === 'json') context.printJson({ ...title, fields });
  else context.print(renderVersionDiff(title, fields, context.style));
  return EXIT_DONE;
}
