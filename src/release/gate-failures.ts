/** Why a gate is closed. */
import { GateFailure, type GateRequest, type GateResult } from '../model/release.ts';
import type { TestVerdict } from '../model/runs.ts';

/** Tests that had to pass and did not, or have no result. */
export function notPassed(
  { address, versionId }: GateRequest,
  bad: readonly TestVerdict[],
  result: GateResult,
  where = testedThing(versionId),
): GateFailure {
  const interrupted = bad.every(({ outcome }) => outcome === 'interrupted');
  const message = `${address}: ${bad.length} of ${result.verdicts.length} tests did not pass on ${where}: ${namedVerdicts(bad)}; main was left as it is`;
  const timeout = bad.some(({ outcome }) => outcome === 'timeout');
  const again = 'apply again; tests that passed on this content are not run again';
  const hint = interrupted
    ? again
    : timeout
      ? 'allow more time with promotion.gate.timeout, or look at the run in the Telnyx portal'
      : `correct the change and ${again}`;
  const code = interrupted ? 'GATE_INTERRUPTED' : timeout ? 'GATE_TIMEOUT' : 'GATE_FAILED';
  return new GateFailure(interrupted ? 'interrupted' : 'gate', message, { code, hint }, result);
}

/** What the tests talked to. */
export function testedThing(versionId: string | undefined): string {
  return versionId === undefined ? 'the temporary copy' : `version ${versionId}`;
}

/** The first five, each with how it ended. */
export function namedVerdicts(verdicts: readonly TestVerdict[]): string {
  const names = verdicts.slice(0, 5).map(({ name, outcome, runs }) => {
    const how =
      runs === undefined || runs.total < 2 ? outcome : `${runs.passed} of ${runs.total} runs passed`;
    return `${name} (${how})`;
  });
  return `${names.join(', ')}${verdicts.length > names.length ? ` and ${verdicts.length - names.length} more` : ''}`;
}
