import { SHAPES } from '../model/generated/shapes.ts';
import type { RemoteResource } from '../model/remote.ts';
import { isOpen } from '../model/rollout.ts';
import type { Binding, MainRecord } from '../model/state.ts';
import type { VersionRecord } from '../model/version-record.ts';
import { digest, liveDigest } from './canonical.ts';
import { withReadVersion } from './held-base.ts';
import { withReferences } from './walk.ts';

/** How many former mains of an assistant are remembered. */
const MOST_MAINS = 20;

/** Digest of an assistant's configuration with ids as they are: tells contents apart, whatever a version is called. */
export function contentDigest(config: RemoteResource['config']): string {
  return liveDigest(SHAPES.assistant, config);
}

/**
 * What a test result is bound to: the version's content with references by address, so that ids do not matter, and
 * the content of the tools that it uses.
 */
export function gateContent(
  config: RemoteResource['config'],
  refs: ReadonlyMap<string, string>,
  uses: string,
): string {
  // The integration catalogue is read only where a spec names it.
  const known = new Map([...refs].filter(([, target]) => !target.startsWith('integration/')));
  return digest([contentDigest(withReferences(SHAPES.assistant, config, known)), uses]);
}

/** The history with one more main; nothing is added when that version is the last entry already. */
export function withMain(
  mains: readonly MainRecord[] | undefined,
  record: MainRecord,
): readonly MainRecord[] {
  const known = mains ?? [];
  if (known.at(-1)?.version_id === record.version_id) return known;
  return [...known, record].slice(-MOST_MAINS);
}

/**
 * Confirms a promotion by what main is. Main may be the version whose promotion was begun, or a waiting candidate
 * that a person promoted in the portal: then the binding is returned as it is after that promotion. Otherwise the
 * same binding is returned. This repairs a run that was killed between a promotion and its record.
 */
export function withConfirmedPromotion(binding: Binding, live: RemoteResource): Binding {
  const { moving, candidate, rollout, hold: _hold, forms: _forms, ...rest } = binding;
  const rolledOut = isOpen(rollout) ? rollout.candidate : undefined;
  const done = [moving, candidate, rolledOut].find((move) => move !== undefined && isMain(move, live));
  if (done === undefined) return binding;
  const { at, by, reason } = done;
  const version = live.versionId ?? done.version_id;
  const promoted: Binding = {
    ...rest,
    base: done.base,
    foreign: done.foreign,
    ...(done.forms !== undefined && { forms: done.forms }),
    ...(done.hold !== undefined && { hold: done.hold }),
    main_version_id: version,
    staged_version_id: null,
    mains: withMain(binding.mains, { version_id: version, at, by, reason }),
  };
  return withReadVersion(promoted, live);
}

function isMain(move: VersionRecord, live: RemoteResource): boolean {
  return move.version_id === live.versionId || move.content === contentDigest(live.config);
}
