import { type Address, parseAddress } from '../../model/address.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { callsNumber } from '../../model/phone-test.ts';
import type { RunnableTest, TestVerdict } from '../../model/runs.ts';
import { DEFAULT_GATE_TIMEOUT_MS } from '../../plan/release.ts';
import { runTests } from '../../release/run-tests.ts';
import { runnable } from '../../release/test-selection.ts';
import type { Host } from '../host.ts';
import type { Connection } from '../session/connect.ts';
import type { Inputs } from '../session/inputs.ts';
import { testing } from '../tests/test-clock.ts';
import type { Staged } from './stage.ts';

interface Group {
  readonly versionId: string | undefined;
  readonly tests: RunnableTest[];
}

/**
 * Runs the tests of everything that was staged, on what was staged; a new or changed test of an assistant that the
 * branch leaves alone runs on main.
 */
export async function testPreview(
  host: Host,
  { project }: Inputs,
  { api }: Connection,
  staged: Staged,
  timeoutMs = DEFAULT_GATE_TIMEOUT_MS,
): Promise<readonly TestVerdict[]> {
  const phone = new Set(phoneTests(staged));
  for (const address of phone) {
    host.note(
      `note: ${address} calls a phone number or writes to it: it runs after the review, not before\n`,
    );
  }
  const groups = await chooseTests(api, staged, phone);
  const total = [...groups.values()].reduce((sum, { tests }) => sum + tests.length, 0);
  if (total === 0) return [];
  const progress = host.progress();
  const { stop: _stop, ...rest } = testing(host, api);
  const { stop } = host.interrupt();
  const done = new Map<string | undefined, number>();
  try {
    const verdicts = await Promise.all(
      [...groups.values()].map(({ versionId, tests }) =>
        runTests(
          { tests, versionId, timeoutMs, concurrency: project.concurrency },
          {
            ...rest,
            stop,
            onProgress: (event) => {
              done.set(versionId, event.done);
              const all = [...done.values()].reduce((sum, count) => sum + count, 0);
              progress.show({ phase: 'testing', done: all, total, note: event.note });
            },
          },
        ),
      ),
    );
    return verdicts.flat();
  } finally {
    progress.end();
  }
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

/** By version: a test is told which version it talks to when it is started. */
async function chooseTests(
  api: Connection['api'],
  { world, parts, idOf }: Staged,
  left: ReadonlySet<Address>,
): Promise<ReadonlyMap<string, Group>> {
  const versions = new Map(parts.map(({ address, version_id }) => [address, version_id ?? undefined]));
  const groups = new Map<string, Group>();
  for (const { address, kind, spec, name } of world.desired.resources.values()) {
    if (kind !== 'test' || left.has(address)) continue;
    const target = targetOf(spec.destination);
    const id = idOf(address);
    if (id === undefined || !concerns(world, address, spec)) continue;
    const live = await api.get('test', id);
    // A test that is no more is run all the same: its verdict says that it is missing.
    const test =
      live === undefined
        ? { address, testId: id, name, suite: undefined, criteria: {} }
        : runnable(live, address);
    const versionId = target === undefined ? undefined : versions.get(target);
    const group = groups.get(versionId ?? '') ?? { versionId, tests: [] };
    group.tests.push(test);
    groups.set(versionId ?? '', group);
  }
  return groups;
}

function targetOf(destination: unknown): Address | undefined {
  const target = isObject(destination) ? destination.$ref : undefined;
  return typeof target === 'string' ? parseAddress(target)?.address : undefined;
}
