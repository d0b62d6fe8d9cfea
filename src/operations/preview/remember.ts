import { Failure } from '../../model/errors.ts';
import type { PassedTest, TestedContent } from '../../model/state.ts';
import { releaseOf } from '../../plan/release.ts';
import { withFresh } from '../../release/evidence.ts';
import type { TrialResult } from '../../release/trial.ts';
import type { Host } from '../host.ts';
import type { Inputs } from '../session/inputs.ts';
import { withLease } from '../session/opener.ts';
import type { Staged } from './stage.ts';

/** How many green results of an assistant are remembered. */
const MOST_PASSED = 100;

interface Results {
  readonly passed: readonly PassedTest[];
  readonly tested: readonly TestedContent[];
}

/**
 * Notes results in the state: green ones for the gates of an apply of the same content, and those of main so that the
 * next preview need not ask again. A candidate's content is told by addresses and not by ids, so that its temporary
 * copies do not matter. Takes the lease for that moment; where somebody else has it, or the state cannot be written,
 * nothing is noted and the reason is returned.
 */
export async function rememberResults(
  host: Host,
  inputs: Inputs,
  { world }: Staged,
  trials: readonly TrialResult[],
): Promise<string | undefined> {
  const at = host.runtime.clock().toISOString();
  const found = trials.flatMap((result) => {
    const fresh = resultsOf(result, inputs, world, at);
    return fresh.passed.length + fresh.tested.length === 0 ? [] : [[result.trial.address, fresh] as const];
  });
  if (found.length === 0) return undefined;
  try {
    await withLease(host, inputs.project, async ({ session }) => {
      for (const [address, fresh] of found) {
        const binding = session.current()?.resources[address];
        if (binding === undefined) continue;
        const passed = merged(binding.passed ?? [], fresh.passed);
        const tested = withFresh(binding.tested ?? [], fresh.tested);
        const after = {
          ...binding,
          ...(passed.length > 0 && { passed }),
          ...(tested.length > 0 && { tested }),
        };
        await session.record({ op: 'bind', address, binding: after });
      }
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `the results are not remembered for apply: ${error.message}`;
  }
}

function merged(earlier: readonly PassedTest[], fresh: readonly PassedTest[]): readonly PassedTest[] {
  const key = ({ content, test_id, test_digest }: PassedTest): string =>
    `${content} ${test_id} ${test_digest}`;
  const replaced = new Set(fresh.map(key));
  return [...earlier.filter((one) => !replaced.has(key(one))), ...fresh].slice(-MOST_PASSED);
}

/** Results of candidates alone: neither of copies of assistants nor, for gates, of copies of tests. */
function resultsOf(
  { trial, verdicts, fresh }: TrialResult,
  { desired }: Inputs,
  { candidates, copies }: Staged['world'],
  at: string,
): Results {
  const { address, content, main } = trial;
  if (!candidates.has(address) || content === '') return { passed: [], tested: [] };
  const copied = new Set(
    trial.tests.flatMap(({ test }) =>
      test.address !== undefined && copies.has(test.address) ? [test.testId] : [],
    ),
  );
  const tested = fresh.filter((one) => one.content === main?.content || !copied.has(one.test_id));
  const resource = desired.resources.get(address);
  const gate = resource === undefined ? undefined : releaseOf(resource, desired)?.gate;
  // Without a gate nobody asks for the candidate's results; they are kept beside main's, where those are.
  const known = [...fresh, ...trial.tested].some((one) => one.content === main?.content);
  if (!gate && !known) return { passed: [], tested: [] };
  if (!gate || gate.evidence !== undefined) return { passed: [], tested };
  const digests = new Map(trial.tests.map(({ test, digest }) => [test.testId, digest]));
  const passed = verdicts.flatMap(({ outcome, test_id, run_id, conversation_id }) => {
    const test_digest = digests.get(test_id) ?? '';
    const counts = outcome === 'passed' && !copied.has(test_id) && test_digest !== '';
    return counts ? [{ content, test_id, test_digest, run_id, conversation_id, at }] : [];
  });
  return { passed, tested };
}
