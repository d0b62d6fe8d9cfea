/**
 * An assistant changes in three moves: stage a version that is not promoted, read it back and hold it against
 * main, promote it. Which version the API bases a new one on is not documented, so the staged request carries
 * main's whole writable configuration, and what leaked in from elsewhere is put right before main moves.
 */
import { holdsHiddenSecret, partialBody, requestBody } from '../canonical/payload.ts';
import { ApiError, Failure } from '../model/errors.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { isObject, type JsonObject, toPointer } from '../model/json.ts';
import type { Step } from '../model/plan.ts';
import type { RemoteResource } from '../model/remote.ts';
import { announce, bindResource, bindStaged } from './bind.ts';
import type { ApplyContext, Done } from './context.ts';
import { correctLeaks } from './leaks.ts';
import { sendBack } from './tolerant.ts';
import { readAgain, type Target, targetOf } from './update.ts';
import { knownDifferences, unsettled } from './verify.ts';

const SHAPE = SHAPES.assistant;

/** Waits before reading again what a write should have brought about. */
const SETTLE_DELAYS_MS = [0, 500, 1_500];

/** Stages, checks and promotes; with `promote: false` main stays as it is. */
export async function releaseVersion(context: ApplyContext, step: Step, promote: boolean): Promise<Done> {
  const main = await readAgain(context, step);
  const target = targetOf(context, step, main);
  if (target === undefined) {
    await bindResource(context, step, main, main.config);
    return { remoteId: main.id, versionId: main.versionId ?? null, promoted: false, wrote: false };
  }
  const versionId = await stagedVersion(context, step, main, target);
  if (!promote) {
    await bindStaged(context, step, main, versionId);
    return { remoteId: main.id, versionId, promoted: false, wrote: true };
  }
  await requireSameMain(context, step, main);
  await refuseForeignCanary(context, step.address, main.id);
  await announce(context, step, 'promote', versionId);
  const live = await promoteKnown(context, main, versionId, target);
  await bindResource(context, step, live, main.config);
  return { remoteId: main.id, versionId: live.versionId ?? versionId, promoted: true, wrote: true };
}

/** An open canary would be destroyed by a promotion; none of ours exists here, so any is somebody's. */
export async function refuseForeignCanary(
  context: ApplyContext,
  address: string,
  assistantId: string,
): Promise<void> {
  if ((await context.api.canary(assistantId)) === undefined) return;
  throw new Failure(
    'refused',
    `${address} (${assistantId}) has an open canary deploy, which a promotion would end`,
    {
      code: 'CANARY_OPEN',
      hint: 'finish or remove the canary first, or stage the version only, with: assistantctl apply --no-promote',
    },
  );
}

function stageBody(target: Target): JsonObject {
  const whole = requestBody(SHAPE, target.config, target.spec);
  const changed = new Set(target.paths.map(([name]) => name));
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

/** A checked version of exactly the target: one that waits already, or a new one. */
async function stagedVersion(
  context: ApplyContext,
  step: Step,
  main: RemoteResource,
  target: Target,
): Promise<string> {
  const name = versionName(context.versionPrefix, step.desiredDigest ?? '');
  const waiting = await findVersion(context, main, name, target);
  if (waiting !== undefined) return waiting;
  await announce(context, step, 'stage', name);
  const versionId = await stageOnce(context, main, name, target);
  const staged = await readVersion(context, main, versionId);
  const leaked = await correctLeaks(context, { main, staged, versionId, wanted: target.config });
  if (leaked.length === 0) return versionId;
  // A wrong candidate must not stay the newest version: the next one might be based on it.
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

async function stageOnce(
  context: ApplyContext,
  main: RemoteResource,
  name: string,
  target: Target,
): Promise<string> {
  const body = stageBody(target);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const send = (sent: JsonObject) => context.api.stageVersion(main.id, sent, name);
      const { resource } = await sendBack(SHAPE, body, target.spec, send);
      const versionId = resource.versionId ?? (await findVersion(context, main, name, target));
      if (versionId !== undefined && versionId !== main.versionId) return versionId;
      throw new Failure('partial', `the API did not say which version it staged for ${main.id}`, {
        code: 'NO_VERSION_ID',
      });
    } catch (error) {
      if (!(error instanceof ApiError) || error.effect !== 'unknown') throw error;
      const found = await findVersion(context, main, name, target);
      if (found !== undefined) return found;
      if (attempt === 2) throw error;
    }
  }
}

/** The newest version with this digest in its name, if it really holds the target and is not main. */
async function findVersion(
  context: ApplyContext,
  main: RemoteResource,
  name: string,
  target: Target,
): Promise<string | undefined> {
  const digest = name.slice(name.lastIndexOf(' '));
  const versions = await context.api.listVersions(main.id);
  const candidates = versions.filter(
    (version) => version.versionId !== main.versionId && version.versionName?.endsWith(digest) === true,
  );
  for (const { versionId } of candidates) {
    if (versionId === undefined) continue;
    const version = await context.api.getVersion(main.id, versionId);
    if (version !== undefined && holds(version.config, target)) return versionId;
  }
  return undefined;
}

function holds(config: JsonObject, target: Target): boolean {
  return (
    knownDifferences(SHAPE, target.config, config).length === 0 &&
    unsettled(SHAPE, target.config, config, target.paths).length === 0
  );
}

async function readVersion(
  context: ApplyContext,
  main: RemoteResource,
  versionId: string,
): Promise<RemoteResource> {
  for (const delay of SETTLE_DELAYS_MS) {
    if (delay > 0) await context.sleep(delay);
    const version = await context.api.getVersion(main.id, versionId);
    if (version !== undefined) return version;
  }
  throw new Failure('partial', `version ${versionId} of ${main.id} was staged and cannot be read`, {
    code: 'VERSION_GONE',
  });
}

async function requireSameMain(context: ApplyContext, step: Step, main: RemoteResource): Promise<void> {
  const now = await readAgain(context, step);
  if (knownDifferences(SHAPE, main.config, now.config).length === 0) return;
  throw new Failure(
    'stale',
    `main of ${step.address} (${main.id}) was changed by someone else while its version was staged`,
    {
      code: 'MAIN_MOVED',
      hint: 'plan again',
    },
  );
}

/** Promotes and reads main back until it holds the target; a lost reply is settled by the same reading. */
async function promoteKnown(
  context: ApplyContext,
  main: RemoteResource,
  versionId: string,
  target: Target,
): Promise<RemoteResource> {
  let lost: unknown;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    try {
      await context.api.promoteVersion(main.id, versionId);
      lost = undefined;
    } catch (error) {
      if (!(error instanceof ApiError) || error.effect !== 'unknown') throw error;
      lost = error;
    }
    const live = await promotedMain(context, main.id, target);
    if (live !== undefined) return live;
    if (lost === undefined) break;
  }
  if (lost !== undefined) throw lost;
  throw new Failure('partial', `version ${versionId} of ${main.id} was promoted, but main does not hold it`, {
    code: 'NOT_PROMOTED',
    hint: 'plan again to see what main holds',
  });
}

async function promotedMain(
  context: ApplyContext,
  id: string,
  target: Target,
): Promise<RemoteResource | undefined> {
  for (const delay of SETTLE_DELAYS_MS) {
    if (delay > 0) await context.sleep(delay);
    const live = await context.api.get('assistant', id);
    if (
      live !== undefined &&
      isObject(live.config) &&
      unsettled(SHAPE, target.config, live.config, target.paths).length === 0
    ) {
      return live;
    }
  }
  return undefined;
}
