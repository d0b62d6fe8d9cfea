/**
 * Changes an assistant in three steps: stage a version, read it back and compare it with what was wanted, promote it.
 * The API does not document which version a new one is based on. So the staged request carries main's whole writable
 * configuration, and values carried over from another version are corrected before the promotion.
 */

import { asSent } from '../canonical/as-sent.ts';
import { missingValues } from '../canonical/differences.ts';
import type { Learned } from '../canonical/own-form.ts';
import { holdsHiddenSecret, partialBody, requestBody } from '../canonical/payload.ts';
import { Failure } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { type JsonObject, type Path, toPointer } from '../model/json.ts';
import { namesCandidate } from '../model/preview.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { EditStep } from '../model/step.ts';
import { bindResource, bindStaged, logIntent, stagedRecord } from './bind.ts';
import { carriedOver, correctCarryOver, type StagedCandidate } from './carry-over.ts';
import type { ApplyContext, Done } from './context.ts';
import { passGate } from './gate.ts';
import { promoteChecked, requireSameMain } from './promote.ts';
import { pollUntil, sendOrFind } from './read-back.ts';
import { canaryOf, startRollout } from './rollout.ts';
import { sendBack } from './send-unknown-fields.ts';
import { explainingStored } from './stored-value.ts';
import { holdsTarget, learnTarget, readAgain, type Target, targetOf } from './update.ts';

const SHAPE = SHAPES.assistant;

/** How far a step goes with main: `apply --no-promote` and `strategy: manual` leave it where it is. */
export function movesMain(step: EditStep, { promote }: Pick<ApplyContext, 'promote'>): boolean {
  if (step.action === 'link') return true;
  return promote && (step.release === undefined || step.release.strategy === 'gated');
}

/** Stages, checks, runs the gate and promotes; main stays as it is unless `promote` and the step want it to move. */
export async function releaseVersion(
  context: ApplyContext,
  step: EditStep,
  how: Pick<ApplyContext, 'promote'>,
): Promise<Done> {
  const main = await readAgain(context, step);
  const target = targetOf(context, step, main);
  if (target === undefined) {
    await bindResource(context, step, main, main.config);
    return { remoteId: main.id, versionId: main.versionId ?? null, promoted: false, wrote: false };
  }
  const staged = await stagedVersion(context, step, main, target);
  const { versionId, learned } = staged;
  const record = stagedRecord(context, step, main, staged);
  const gate = step.action === 'link' ? null : (step.release?.gate ?? null);
  const moves = movesMain(step, how);
  if (!moves || gate !== null) await bindStaged(context, step, main, record);
  const canary = canaryOf(step, how);
  if (!moves && canary === undefined)
    return { remoteId: main.id, versionId, promoted: false, wrote: true, waits: true };
  const tested = gate === null ? {} : { tests: await passGate(context, { step, gate, main, staged }) };
  if (canary !== undefined) {
    await requireSameMain(context, step, main);
    const rollout = await startRollout(context, { step, main, canary });
    return { remoteId: main.id, versionId, promoted: false, wrote: true, rollout, ...tested };
  }
  const live = await promoteChecked(context, step, main, record, (found) =>
    holdsTarget(step, target, found.config, learned.forms),
  );
  await bindResource(context, step, live, main.config, { reason: record.reason, learned });
  return {
    remoteId: main.id,
    versionId: live.versionId ?? versionId,
    promoted: true,
    wrote: true,
    ...tested,
  };
}

function changedFields({ paths }: Target): ReadonlySet<string> {
  return new Set(paths.flatMap((path) => path.slice(0, 1)));
}

function stageBody(target: Target): JsonObject {
  const whole = requestBody(SHAPE, target.config, target.spec);
  const changed = changedFields(target);
  const names = Object.keys(target.config).filter(
    (name) =>
      changed.has(name) || !holdsHiddenSecret(SHAPE, { [name]: target.config[name] ?? null }, target.spec),
  );
  return partialBody(whole, new Set(names));
}

/** `<short sha> <first eight digits of the desired digest>`: what the remote side tells about itself. */
export function versionName(prefix: string, desiredDigest: string): string {
  return `${prefix} ${desiredDigest.replace(/^sha256:/, '').slice(0, 8)}`;
}

/** A version that was read back, and what the API made of what was sent for it. */
interface Staged {
  readonly versionId: string;
  readonly config: JsonObject;
  readonly learned: Learned;
}

/** A version that holds exactly the target, read back and checked: an earlier one of this content, or a new one. */
async function stagedVersion(
  context: ApplyContext,
  step: EditStep,
  main: RemoteResource,
  target: Target,
): Promise<Staged> {
  const name = versionName(context.versionPrefix, step.desiredDigest);
  const versions = await context.api.listVersions(main.id);
  const known = namedLike(versions, main, name);
  const newest = versions.find(({ versionId }) => versionId === undefined || !known.includes(versionId));
  const source = newest?.versionId === main.versionId ? undefined : newest;
  const learn = (config: JsonObject): Learned => learnTarget(step, target, config);
  const candidate = { main, wanted: target.config, planned: target.paths, source, learn };
  const waiting = await firstHolding(context, candidate, known);
  if (waiting !== undefined) return waiting;
  await logIntent(context, step, { action: 'stage', key: name });
  const attempt = async (omitted: ReadonlySet<string>) => {
    const stage = () => stageOnce(context, main, name, target, { known: new Set(known), omitted });
    const versionId = await explainingStored(step, target, stage);
    const staged = await readStagedVersion(context, main, versionId);
    return { versionId, ...(await correctCarryOver(context, candidate, versionId, staged.config)) };
  };
  let made = await attempt(new Set());
  const omitted = onlyEchoed(target, made.leaked);
  if (omitted.size > 0) {
    await context.api.deleteVersion(main.id, made.versionId);
    made = await attempt(omitted);
  }
  const { versionId, leaked, config } = made;
  if (leaked.length === 0) return { versionId, config, learned: learn(config) };
  // The wrong version is removed: the API might build the next one on the newest.
  const left = await context.api.deleteVersion(main.id, versionId).then(
    () => '',
    () => ` (version ${versionId} could not be removed)`,
  );
  throw new Failure(
    'partial',
    `the version staged for ${step.address} differs from main beyond the plan, at ${leaked.map(toPointer).join(', ')}; main was left as it is${left}`,
    {
      code: 'STAGED_OTHERWISE',
      hint: 'look at the newest version in the Telnyx portal: its values seem to carry over into new versions',
      details: { pointers: leaked.map(toPointer) },
    },
  );
}

/**
 * Fields that differ though they were only sent back as they are: the API makes another value even of its own. Left out
 * of the request they stay.
 */
function onlyEchoed(target: Target, leaked: readonly Path[]): ReadonlySet<string> {
  const names = new Set(leaked.flatMap((path) => path.slice(0, 1)));
  const changed = changedFields(target);
  return [...names].some((name) => changed.has(name)) ? new Set() : names;
}

async function stageOnce(
  context: ApplyContext,
  main: RemoteResource,
  name: string,
  target: Target,
  { known, omitted }: { readonly known: ReadonlySet<string>; readonly omitted: ReadonlySet<string> },
): Promise<string> {
  const whole = stageBody(target);
  const body = partialBody(whole, new Set(Object.keys(whole).filter((field) => !omitted.has(field))));
  const find = () => newVersion(context, main, name, known);
  const stage = async (): Promise<string> => {
    const send = (sent: JsonObject) => context.api.stageVersion(main.id, sent, name);
    const { resource } = await sendBack(SHAPE, body, target.spec, send, changedFields(target));
    const versionId = resource.versionId ?? (await find());
    if (versionId !== undefined && versionId !== main.versionId) return versionId;
    throw new Failure('partial', `the API did not say which version it staged for ${main.id}`, {
      code: 'NO_VERSION_ID',
    });
  };
  return sendOrFind(stage, find);
}

/**
 * The version that has appeared under this name: the one whose reply was lost or thin. What it holds is judged
 * by the caller, because it may have been built on something else than main.
 */
async function newVersion(
  context: ApplyContext,
  main: RemoteResource,
  name: string,
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  return pollUntil(context, async () => {
    const versions = await context.api.listVersions(main.id);
    return namedLike(versions, main, name).find((versionId) => !known.has(versionId));
  });
}

/** Versions other than main that may be candidates of this name, newest first. */
function namedLike(
  versions: readonly RemoteResource[],
  main: RemoteResource,
  name: string,
): readonly string[] {
  return versions.flatMap(({ versionId, versionName }) =>
    versionId !== undefined && versionId !== main.versionId && namesCandidate(versionName, name)
      ? [versionId]
      : [],
  );
}

/** The first of the versions that really holds the target. */
async function firstHolding(
  context: ApplyContext,
  candidate: StagedCandidate,
  versionIds: readonly string[],
): Promise<Staged | undefined> {
  const { main, wanted, planned, learn } = candidate;
  for (const versionId of versionIds) {
    const version = await context.api.getVersion(main.id, versionId);
    if (version === undefined || carriedOver(candidate, version.config).length > 0) continue;
    const { config } = version;
    const learned = learn(config);
    const sent = asSent(SHAPE, wanted, learned.forms);
    if (missingValues(SHAPE, sent, asSent(SHAPE, config, learned.forms), planned).length === 0)
      return { versionId, config, learned };
  }
  return undefined;
}

export async function readStagedVersion(
  context: ApplyContext,
  main: RemoteResource,
  versionId: string,
): Promise<RemoteResource> {
  const version = await pollUntil(context, () => context.api.getVersion(main.id, versionId));
  if (version !== undefined) return version;
  throw new Failure('partial', `version ${versionId} of ${main.id} was staged and cannot be read`, {
    code: 'VERSION_GONE',
  });
}
