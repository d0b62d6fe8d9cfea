import { Failure } from '../model/errors.ts';
import type { Forge } from '../model/forge.ts';
import type { Marker } from '../render/markdown/marker.ts';
import { NO_DIGEST } from '../render/markdown/marker.ts';
import { markedPosts, otherApps } from './sticky.ts';

export interface Reviewed {
  readonly change: number;
  readonly digest: string;
}

/**
 * The digest of the plan that was shown on a change: on the given one, or on the merged one that the commit came
 * from. Only comments of the author count, because anybody may write a marker. Rejects with `Failure('stale')`
 * when nothing was reviewed.
 */
export async function reviewedDigest(
  forge: Forge,
  subject: Omit<Marker, 'digest'>,
  from: {
    readonly change: number | undefined;
    readonly commit: string | undefined;
    readonly author: string | undefined;
  },
): Promise<Reviewed> {
  const { author } = from;
  if (author === undefined) {
    throw new Failure('usage', 'it is not known which account writes the comments', {
      code: 'FORGE_AUTHOR',
      hint: 'name it: --author LOGIN',
    });
  }
  const change = from.change ?? (await mergedChange(forge, from.commit));
  const marker = { ...subject, digest: NO_DIGEST };
  const comments = await forge.comments(change);
  const [found] = markedPosts(comments, marker, author);
  const digest = found?.marker.digest;
  if (digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest)) return { change, digest };
  const why =
    digest === undefined
      ? `has no plan of ${subject.environment} by ${author}`
      : 'shows a plan that failed, and so none that could be applied';
  const [app] = digest === undefined ? otherApps(comments, marker, author) : [];
  const named =
    app === undefined
      ? ''
      : `if the pipeline writes as ${app}, say so: --author ${JSON.stringify(app)}; else `;
  throw new Failure('stale', `change ${change} ${why}`, {
    code: 'REVIEW_MISSING',
    hint: `${named}plan and review by hand, then: assistantctl apply --env ${subject.environment} --expect-digest DIGEST`,
    details: { change },
  });
}

async function mergedChange(forge: Forge, commit: string | undefined): Promise<number> {
  if (commit === undefined) {
    throw new Failure('usage', 'it is not known which commit was merged', {
      code: 'FORGE_COMMIT',
      hint: 'add --commit SHA or --change N',
    });
  }
  const [change] = await forge.mergedAs(commit);
  if (change !== undefined) return change;
  throw new Failure(
    'stale',
    `commit ${commit.slice(0, 12)} came from no merged change: nothing was reviewed`,
    {
      code: 'REVIEW_MISSING',
      hint: 'merge through a pull or merge request, or plan, read and apply by hand with --expect-digest',
      details: { commit },
    },
  );
}
