import { digest, liveDigest } from '../../canonical/canonical.ts';
import { gateContent } from '../../canonical/confirmed-promotion.ts';
import { type Address, parseAddress } from '../../model/address.ts';
import { SHAPES } from '../../model/generated/shapes.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { callsNumber } from '../../model/phone-test.ts';
import { DEFAULT_GATE_TIMEOUT_MS, releaseOf, usesDigest } from '../../plan/release.ts';
import type { GateTest } from '../../release/gate-tests.ts';
import { runnable } from '../../release/test-selection.ts';
import { runTrial, type Trial, type TrialResult } from '../../release/trial.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import type { Inputs } from '../session/inputs.ts';
import { testing } from '../tests/test-clock.ts';
import type { Staged } from './stage.ts';

/**
 * What the tests are held against. `main`: what is not remembered of main is run there; `remembered`: that is done only
 * where the assistant's gate compares with main; `nothing`: no word of main.
 */
export type Against = 'main' | 'remembered' | 'nothing';

/** Of one assistant. */
export type PreviewTrial = TrialResult;

export interface PreviewTestOptions {
  readonly timeoutMs?: number;
  readonly against: Against;
}

/**
 * Runs the tests of everything that was staged, on what was staged, as often as the assistant's gate asks for, and
 * holds them against main. A new or changed test of an assistant that the branch leaves alone runs on main alone.
 */
export async function testPreview(
  host: Host,
  inputs: Inputs,
  { api }: Connection,
  staged: Staged,
  { timeoutMs = DEFAULT_GATE_TIMEOUT_MS, against }: PreviewTestOptions,
): Promise<readonly TrialResult[]> {
  const phone = new Set(phoneTests(staged));
  for (const address of phone) {
    host.note(
      `note: ${address} calls a phone number or writes to it: it runs after the review, not before\n`,
    );
  }
  const chosen = await chooseTests(api, staged, phone);
  const total = [...chosen.values()].reduce((sum, tests) => sum + tests.length, 0);
  if (total === 0) return [];
  const progress = host.progress();
  const done = new Map<Address, number>();
  try {
    const trials = await Promise.all(
      [...chosen].map(([target, tests]) =>
        trialOf(api, inputs, staged, { target, tests, timeoutMs, against }),
      ),
    );
    return await Promise.all(
      trials.map((trial) =>
        runTrial(trial, {
          ...testing(host, api),
          concurrency: inputs.project.concurrency,
          rerun: false,
          onProgress: (address, event) => {
            done.set(address, event.done);
            const all = [...done.values()].reduce((sum, count) => sum + count, 0);
            progress.show({ phase: 'testing', done: Math.min(all, total), total, note: event.note });
          },
        }),
      ),
    );
  } finally {
    progress.end();
  }
}

interface Chosen {
  readonly target: Address;
  readonly tests: readonly GateTest[];
  readonly timeoutMs: number;
  readonly against: Against;
}

/** What the tests of one assistant talk to, and what they are compared with. */
async function trialOf(
  api: Connection['api'],
  { desired }: Inputs,
  { world, parts, ids, before }: Staged,
  { target, tests, timeoutMs, against }: Chosen,
): Promise<Trial> {
  const part = parts.find(({ address }) => address === target);
  const resource = desired.resources.get(target);
  const binding = before.state?.resources[target];
  const versionId = part?.version_id ?? undefined;
  const uses = resource === undefined ? '' : usesDigest(resource, desired);
  const [assistantId, refs] = [ids[target] ?? '', new Map(Object.entries(ids).map(([to, id]) => [id, to]))];
  const evidence = resource === undefined ? undefined : releaseOf(resource, desired)?.gate?.evidence;
  const base = {
    address: target,
    assistantId,
    versionId,
    evidence: world.candidates.has(target) ? evidence : undefined,
    tests,
    tested: binding?.tested ?? [],
    passed: binding?.passed ?? [],
    timeoutMs,
  };
  if (versionId === undefined) return { ...base, content: '', main: undefined, runMain: false };
  const [version, main] = await Promise.all([
    api.getVersion(assistantId, versionId),
    api.get('assistant', assistantId),
  ]);
  const content = version === undefined ? '' : gateContent(version.config, refs, uses);
  if (main === undefined || against === 'nothing')
    return { ...base, content, main: undefined, runMain: false };
  // Main uses what is live: where the branch changes that, nothing of it may be taken for the candidate's.
  const used = resource?.references.some(({ target: to }) => isCopied(world, to)) === true;
  const ownUses = used ? digest([uses, 'as it is live', main.versionId ?? '']) : uses;
  const liveRefs = new Map(Object.entries(before.ids).map(([to, id]) => [id, to]));
  return {
    ...base,
    content,
    runMain: against === 'main' || evidence?.maxDrop !== undefined,
    main: { versionId: undefined, content: gateContent(main.config, liveRefs, ownUses) },
  };
}

function isCopied({ copies }: Staged['world'], target: string): boolean {
  const address = parseAddress(target)?.address;
  return address !== undefined && copies.has(address);
}

/**
 * Tests that would be run here and call or write to a number. Whose number a branch names nobody has reviewed, and a
 * call reaches what the number is routed to, never a candidate.
 */
function phoneTests({ world }: Staged): readonly Address[] {
  return [...world.desired.resources.values()]
    .filter(
      ({ kind, spec, address }) => kind === 'test' && callsNumber(spec) && concerns(world, address, spec),
    )
    .map(({ address }) => address);
}

/** Whether the preview says anything about a test: its own copy, or the assistant that it talks to. */
function concerns({ copies, candidates }: Staged['world'], test: Address, spec: JsonObject): boolean {
  const target = targetOf(spec.destination);
  const staged = target !== undefined && (candidates.has(target) || copies.has(target));
  return staged || copies.has(test);
}

/** By the assistant that they talk to, or by the test itself where no spec describes that. */
async function chooseTests(
  api: Connection['api'],
  { world, idOf }: Staged,
  left: ReadonlySet<Address>,
): Promise<ReadonlyMap<Address, readonly GateTest[]>> {
  const chosen = new Map<Address, GateTest[]>();
  for (const { address, kind, spec, name } of world.desired.resources.values()) {
    if (kind !== 'test' || left.has(address)) continue;
    const id = idOf(address);
    if (id === undefined || !concerns(world, address, spec)) continue;
    const live = await api.get('test', id);
    // A test that is no more is run all the same: its verdict says that it is missing.
    const choice: GateTest =
      live === undefined
        ? {
            test: { address, testId: id, name, suite: undefined, criteria: {} },
            digest: '',
            hindrance: undefined,
          }
        : {
            test: runnable(live, address),
            digest: liveDigest(SHAPES.test, live.config),
            hindrance: undefined,
          };
    const target = targetOf(spec.destination) ?? address;
    chosen.set(target, [...(chosen.get(target) ?? []), choice]);
  }
  return chosen;
}

function targetOf(destination: unknown): Address | undefined {
  const target = isObject(destination) ? destination.$ref : undefined;
  return typeof target === 'string' ? parseAddress(target)?.address : undefined;
}
