import type { Address } from '../../model/address.ts';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { GateFailure } from '../../model/release.ts';
import type { Settings } from '../../model/review.ts';
import { DEFAULT_GATE_TIMEOUT_MS, releaseOf } from '../../plan/release.ts';
import { createGate } from '../../release/gate.ts';
import type { RolloutSubject } from '../../release/rollout.ts';
import type { Judgement } from '../../release/rollout-decision.ts';
import type { Host } from '../host.ts';
import { settingsOfInputs } from '../plan/settings.ts';
import type { Inputs } from '../session/inputs.ts';
import { listedKeyVariables } from '../session/key-variable.ts';
import type { Work } from '../session/locked-run.ts';
import { testing } from '../tests/test-clock.ts';
import { appliedHookOf, hookOf, isAppliedHook } from './applied-hook.ts';
import { runHook } from './hook.ts';

type IdOf = (address: Address) => string | undefined;

const GO: Judgement = { verdict: 'go', reason: '' };

/**
 * Judges a rollout: the hook at every tick, the tests before each next step. The steps are those that the rollout
 * began with. A hook runs on this machine, so only the one that was applied last does; a document that names another
 * one by now, or none, pauses the rollout.
 */
export async function analyse(
  host: Host,
  inputs: Inputs,
  work: Pick<Work, 'connection' | 'session'>,
  subject: RolloutSubject,
  held: boolean,
  idOf: IdOf,
): Promise<Judgement> {
  const canary = inputs.desired.resources.get(subject.address)?.promotion?.canary;
  const analysis = isObject(canary) && isObject(canary.analysis) ? canary.analysis : {};
  const applied = work.session.current()?.completed?.settings;
  const hook = typeof analysis.hook === 'string' ? analysis.hook : appliedHookOf(applied, subject.address);
  if (hook !== undefined) {
    const call = { name: hook, timeoutMs: timeoutOf(analysis.timeout) };
    const said = await judgeByHook(host, inputs, applied, subject, call);
    if (said.verdict !== 'go') return said;
  }
  return held ? await runAnalysisTests(host, inputs, work, subject, analysis, idOf) : GO;
}

/** Runs the hook, unless it is another one than was applied last: then nothing is concluded. */
async function judgeByHook(
  host: Host,
  inputs: Inputs,
  applied: Settings | undefined,
  { address, binding, rollout }: RolloutSubject,
  { name, timeoutMs }: { readonly name: string; readonly timeoutMs: number },
): Promise<Judgement> {
  const { project } = inputs;
  const hook = hookOf(project, name);
  if (hook === undefined || !isAppliedHook(settingsOfInputs(inputs), applied, address, name)) {
    const reason = `the hook ${name} is not the one that was applied last, so it does not run before the next apply`;
    return { verdict: 'inconclusive', reason };
  }
  const about = {
    ASSISTANTCTL_ADDRESS: address,
    ASSISTANTCTL_ENVIRONMENT: project.environment.name,
    ASSISTANTCTL_ASSISTANT_ID: binding.remote_id,
    ASSISTANTCTL_VERSION_ID: rollout.candidate.version_id,
    ASSISTANTCTL_MAIN_VERSION_ID: binding.main_version_id ?? '',
    ASSISTANTCTL_WEIGHT: String(rollout.steps[rollout.step]?.weight ?? 0),
    ASSISTANTCTL_STEP: String(rollout.step + 1),
    ASSISTANTCTL_SINCE: rollout.since,
  };
  const keyVariables = [...project.keyVariables, ...listedKeyVariables(host.runtime.env)];
  const { stop } = host.interrupt();
  const call = { hook, cwd: project.root, about, keyVariables, timeoutMs };
  const said = await runHook(host.runtime, call, stop);
  if (!stop.aborted) return said;
  throw new Failure('interrupted', 'the analysis was interrupted', { code: 'INTERRUPTED' });
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
  const asked = [analysis.tests, analysis.suites, analysis.must_pass].some(
    (list) => isArray(list) && list.length > 0,
  );
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
      // Every step is judged by what is so now: nothing is remembered, of main neither.
      main: { versionId: undefined, content: 'main' },
      idOf,
    });
    return GO;
  } catch (error) {
    if (!(error instanceof GateFailure) || error.kind === 'interrupted') throw error;
    if (gate.evidence !== undefined) return weighedJudgement(error);
    const failed = error.verdicts.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
    const reason = failed.length > 0 ? `tests failed on the candidate: ${failed.join(', ')}` : error.message;
    return { verdict: failed.length > 0 ? 'abort' : 'inconclusive', reason };
  } finally {
    progress.end();
  }
}

/** Shares that are too small abort; runs without a result prove nothing. */
function weighedJudgement({ code, message }: GateFailure): Judgement {
  const weighed = code === 'GATE_PASS_RATE' || code === 'GATE_DROP' || code === 'GATE_MUST_PASS';
  const reason = message.replace(/; main was left as it is$/, '');
  return { verdict: weighed ? 'abort' : 'inconclusive', reason };
}

function timeoutOf(value: Json | undefined): number {
  return (typeof value === 'string' ? parseDuration(value) : undefined) ?? DEFAULT_GATE_TIMEOUT_MS;
}
