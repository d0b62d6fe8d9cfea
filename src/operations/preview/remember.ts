import { liveDigest } from '../../canonical/canonical.ts';
import { gateContent } from '../../canonical/confirmed-promotion.ts';
import type { Address } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { isObject } from '../../model/json.ts';
import type { TestVerdict } from '../../model/runs.ts';
import type { PassedTest } from '../../model/state.ts';
import { releaseOf } from '../../plan/release.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import type { Inputs } from '../session/inputs.ts';
import { withLease } from '../session/opener.ts';
import type { Staged } from './stage.ts';

/** How many green results of an assistant are remembered. */
const MOST_PASSED = 100;

/**
 * Notes green results in the state, for the gates of an apply of the same content: a candidate's content is told by
 * addresses and not by ids, so that its temporary copies do not matter. Takes the lease for that moment; where
 * somebody else has it, or the state cannot be written, nothing is noted and the reason is returned.
 */
export async function rememberResults(
  host: Host,
  inputs: Inputs,
  connection: Connection,
  staged: Staged,
  verdicts: readonly TestVerdict[],
): Promise<string | undefined> {
  const found = await greenResults(host, inputs, connection, staged, verdicts);
  if (found.size === 0) return undefined;
  try {
    await withLease(host, inputs.project, async ({ session }) => {
      for (const [address, fresh] of found) {
        const binding = session.current()?.resources[address];
        if (binding === undefined) continue;
        const same = (one: PassedTest) =>
          fresh.some(
            (other) =>
              other.content === one.content &&
              other.test_id === one.test_id &&
              other.test_digest === one.test_digest,
          );
        const kept = (binding.passed ?? []).filter((one) => !same(one));
        const passed = [...kept, ...fresh].slice(-MOST_PASSED);
        await session.record({ op: 'bind', address, binding: { ...binding, passed } });
      }
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `the results are not remembered for apply: ${error.message}`;
  }
}

/** Tests that are live as they are, passed by candidates that have a gate. */
async function greenResults(
  host: Host,
  { desired }: Inputs,
  { api }: Connection,
  { world, parts, ids }: Staged,
  verdicts: readonly TestVerdict[],
): Promise<ReadonlyMap<Address, readonly PassedTest[]>> {
  const refs = new Map(Object.entries(ids).map(([target, id]) => [id, target]));
  const at = host.runtime.clock().toISOString();
  const found = new Map<Address, readonly PassedTest[]>();
  for (const address of world.candidates) {
    const resource = desired.resources.get(address);
    const gate = resource === undefined ? undefined : releaseOf(resource, desired)?.gate;
    const part = parts.find((one) => one.address === address);
    if (!gate || part?.remote_id == null || part.version_id === null) continue;
    const version = await api.getVersion(part.remote_id, part.version_id);
    if (version === undefined) continue;
    const content = gateContent(version.config, refs, gate.uses);
    const passed: PassedTest[] = [];
    for (const verdict of verdicts) {
      if (verdict.outcome !== 'passed' || verdict.address === null || world.copies.has(verdict.address))
        continue;
      const destination = desired.resources.get(verdict.address)?.spec.destination;
      if (!isObject(destination) || destination.$ref !== address) continue;
      const live = await api.get('test', verdict.test_id);
      if (live === undefined) continue;
      passed.push({
        content,
        test_id: verdict.test_id,
        test_digest: liveDigest(SHAPES.test, live.config),
        run_id: verdict.run_id,
        conversation_id: verdict.conversation_id,
        at,
      });
    }
    if (passed.length > 0) found.set(address, passed);
  }
  return found;
}
