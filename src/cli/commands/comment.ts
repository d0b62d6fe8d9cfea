import { findPlace, openForge } from '../../forge/connect.ts';
import type { DeliverFlags } from '../../forge/deliver.ts';
import { authorOf, deliver } from '../../forge/deliver.ts';
import { reviewedDigest } from '../../forge/digest.ts';
import type { InputFlags } from '../../forge/input.ts';
import { readDocument, subjectOf } from '../../forge/input.ts';
import type { Place, PlaceFlags } from '../../forge/place.ts';
import { Failure } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

export interface CommentFlags extends PlaceFlags, InputFlags, DeliverFlags {
  readonly author?: string;
  readonly issue?: boolean;
  readonly printDigest?: boolean;
  readonly format: string;
}

/** Puts what a command printed where the change is reviewed, or reads the digest that was reviewed there. */
export async function comment(
  context: Context,
  file: string | undefined,
  flags: CommentFlags,
): Promise<number> {
  const place = await findPlace(context, flags);
  if (flags.printDigest === true) return await printDigest(context, place, flags);
  const document = await readDocument(context, file, flags, place);
  const { posted, summary, sentence, lost } = await deliver(context, place, document, flags);
  if (flags.format === 'json') {
    const { outcome, ...rest } = posted;
    const { topic, environment, digest } = document.marker;
    context.printJson({ format_version: '1.0', outcome, topic, environment, digest, summary, ...rest });
  } else {
    context.print(sentence);
    if (lost !== undefined) context.print(`\n${lost}`);
  }
  return EXIT_DONE;
}

async function printDigest(context: Context, place: Place | undefined, flags: CommentFlags): Promise<number> {
  const subject = { topic: flags.topic ?? 'plan', ...(await subjectOf(context)) };
  const forge = place === undefined ? undefined : openForge(context, place);
  if (place === undefined || forge === undefined) {
    throw new Failure('usage', 'there is no token or no repository to read the review from', {
      code: 'FORGE_UNKNOWN',
      hint: 'set GITHUB_TOKEN or GITLAB_TOKEN, and add --forge and --repo outside of a pipeline',
    });
  }
  try {
    const author = await authorOf(forge, place, flags.author);
    // A run for a merge has no change of its own: the commit leads to it.
    const found = await reviewedDigest(forge, subject, { ...place, author });
    if (flags.format === 'json') context.printJson({ format_version: '1.0', ...found });
    else context.printExactly(`${found.digest}\n`);
    return EXIT_DONE;
  } finally {
    await forge.close();
  }
}
