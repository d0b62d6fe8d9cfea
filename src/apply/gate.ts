import { gateContent } from '../canonical/confirmed-promotion.ts';
import { Failure } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { GateFailure, type GateSpec } from '../model/release.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { TestVerdict } from '../model/runs.ts';
import type { PassedTest, TestedContent } from '../model/state.ts';
import type { StepBase } from '../model/step.ts';
import { saveBinding } from './bind.ts';
import type { ApplyContext } from './context.ts';

/** A staged version of an assistant and the gate that stands before main. */
interface Gated {
  readonly step: StepBase;
  readonly gate: GateSpec;
  readonly main: RemoteResource;
  readonly staged: { readonly versionId: string; readonly config: JsonObject };
}

/**
 * Runs the gate of a staged version and remembers what passed, also when the gate as a whole did not. Rejects with
 * `GateFailure` when the version may not be promoted.
 */
export async function passGate(
  context: ApplyContext,
  { step, gate, main, staged }: Gated,
): Promise<readonly TestVerdict[]> {
  if (context.gate === undefined) {
    throw new Failure('internal', `${step.address} has a gate and nothing can run it`, {
      code: 'GATE_UNAVAILABLE',
    });
  }
  try {
    const binding = context.bindings.get(step.address);
    const { verdicts, passed, tested } = await context.gate({
      address: step.address,
      assistantId: main.id,
      versionId: staged.versionId,
      content: gateContent(staged.config, context.refs, gate.uses),
      gate,
      passed: binding?.passed ?? [],
      tested: binding?.tested ?? [],
      main: { versionId: main.versionId, content: gateContent(main.config, context.refs, gate.uses) },
      idOf: (address) => context.ids.get(address),
    });
    await remember(context, step, passed, tested);
    return verdicts;
  } catch (error) {
    if (error instanceof GateFailure) await remember(context, step, error.passed, error.tested);
    throw error;
  }
}

async function remember(
  context: ApplyContext,
  step: StepBase,
  passed: readonly PassedTest[],
  tested: readonly TestedContent[] | undefined,
): Promise<void> {
  const binding = context.bindings.get(step.address);
  if (binding === undefined) return;
  await saveBinding(context, step, { ...binding, passed, ...(tested !== undefined && { tested }) });
}
