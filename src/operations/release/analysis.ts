import type { Address } from '../../model/address.ts';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { GateFailure } from '../../model/release.ts';
import { DEFAULT_GATE_TIMEOUT_MS, releaseOf } from '../../plan/release.ts';
import { createGate } from '../../release/gate.ts';
import type { RolloutSubject } from '../../release/rollout.ts';
import type { Judgement } from '../../release/rollout-decision.ts';
import type { Host } from '../host.ts';
import type { Inputs } from '../session/inputs.ts';
import type { Work } from '../session/locked-run.ts';
import { testing } from '../tests/test-clock.ts';
import { runHook } from './hook.ts';

type IdOf = (address: Address) => string | undefined;

const GO: Judgement = { verdict: 'go', reason: '' };

/**
 * Judges a rollout by what the specs say now: the command at every tick, the tests before each next step. The steps
 * are those that the rollout began with; what runs on this machine is what was reviewed last.
 */
export async function analyse(
  host: Host,
  inputs: Inputs,
  work: Pick<Work, 'connection'>,
  subject: RolloutSubject,
  held: boolean,
  idOf: IdOf,
): Promise<Judgement> {
  const canary = inputs.desired.resources.get(subject.address)?.promotion?.canary;
  const analysis = isObject(canary) && isObject(canary.analysis) ? canary.analysis : {};
  const timeoutMs = timeoutOf(analysis.timeout);
  const command = commandOf(analysis.command);
  if (command !== undefined) {
    const { rollout, binding } = subject;
    const env = {
      ASSISTANTCTL_ADDRESS: subject.address,
      ASSISTANTCTL_ENVIRONMENT: inputs.project.environment.name,
      ASSISTANTCTL_ASSISTANT_ID: binding.remote_id,
      ASSISTANTCTL_VERSION_ID: rollout.candidate.version_id,
      ASSISTANTCTL_MAIN_VERSION_ID: binding.main_version_id ?? '',
      ASSISTANTCTL_WEIGHT: String(rollout.steps[rollout.step]?.weight ?? 0),
      ASSISTANTCTL_STEP: String(rollout.step + 1),
      ASSISTANTCTL_SINCE: rollout.since,
    };
    const hook = { command, cwd: inputs.project.root, env, timeoutMs };
    const { stop } = host.interrupt();
    const said = await runHook(host.runtime, hook, stop);
    if (stop.aborted)
      throw new Failure('interrupted', 'the analysis was interrupted', { code: 'INTERRUPTED' });
    if (said.verdict !== 'go') return said;
  }
  return held ? await runAnalysisTests(host, inputs, work, subject, analysis, idOf) : GO;
}

/** A failed test aborts; a test without a result proves nothing either way. */
async function runAnalysisTests(
  host: Host,
  { desired, project }: Inputs,
  { connection }: Pick<Work, 'connection'>,
  { address, binding, rollout }: RolloutSubject,
  analysis: JsonObject,
  idOf: IdOf,
): Promise<Judgement> {
  const resource = desired.resources.get(address);
  const asked = [analysis.tests, analysis.suites].some((list) => isArray(list) && list.length > 0);
  if (resource === undefined || !asked) return GO;
  const gated = { ...resource, promotion: { strategy: 'gated', gate: analysis } };
  const gate = releaseOf(gated, desired)?.gate;
  if (gate === null || gate === undefined) return GO;
  const progress = host.progress();
  const run = createGate({
    ...testing(host, connection.api),
    concurrency: project.concurrency,
    rerun: true,
    onProgress: (_address, event) => progress.show({ phase: `testing ${address}`, ...event }),
  });
  try {
    await run({
      address,
      assistantId: binding.remote_id,
      versionId: rollout.candidate.version_id,
      content: rollout.candidate.content,
      gate,
      passed: [],
      idOf,
    });
    return GO;
  } catch (error) {
    if (!(error instanceof GateFailure) || error.kind === 'interrupted') throw error;
    const failed = error.verdicts.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
    const reason = failed.length > 0 ? `tests failed on the candidate: ${failed.join(', ')}` : error.message;
    return { verdict: failed.length > 0 ? 'abort' : 'inconclusive', reason };
  } finally {
    progress.end();
  }
}

function timeoutOf(value: Json | undefined): number {
  return (typeof value === 'string' ? parseDuration(value) : undefined) ?? DEFAULT_GATE_TIMEOUT_MS;
}

function commandOf(value: Json | undefined): string | readonly string[] | undefined {
  if (typeof value === 'string') return value;
  return isArray(value) ? value.filter((word) => typeof word === 'string') : undefined;
}
