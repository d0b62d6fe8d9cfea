import { type Address, parseAddress } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { RemoteResource } from '../../model/remote.ts';
import type { RunnableTest } from '../../model/runs.ts';
import type { State } from '../../model/state.ts';
import { isTestOf, runnable, suiteOf } from '../../release/test-selection.ts';
import { notBound } from '../session/bindings.ts';
import type { Connection } from '../session/connect.ts';

/** Tests to run or to look at, and the assistants that they talk to. */
export interface TestSelection {
  readonly tests: readonly RunnableTest[];
  /** Ids that the tests have as destination. */
  readonly destinations: ReadonlySet<string>;
}

export interface TestQuery {
  /** Tests, and assistants for all their tests; empty: all tests that are managed, or all of the suite. */
  readonly addresses: readonly Address[];
  readonly suite: string | undefined;
}

/** Finds the tests in the account. Fails with `gate` when there are none: nothing run is nothing proved. */
export async function chooseTests(
  connection: Connection,
  state: State | undefined,
  { addresses, suite }: TestQuery,
): Promise<TestSelection> {
  const bound = state?.resources ?? {};
  for (const address of addresses) {
    const kind = parseAddress(address)?.kind;
    if (kind !== 'test' && kind !== 'assistant') {
      throw new Failure('usage', `${address} is neither a test nor an assistant`, { code: 'KIND_MISMATCH' });
    }
    if (bound[address] === undefined) throw notBound(address, state);
  }
  const live = await connection.api.list('test');
  const addressOf = new Map(
    Object.entries(bound).flatMap(([text, { remote_id }]) => {
      const parsed = parseAddress(text);
      return parsed?.kind === 'test' ? [[remote_id, parsed.address] as const] : [];
    }),
  );
  const chosen = new Map<string, RemoteResource>();
  const wanted = addresses.length > 0 ? addresses : suite === undefined ? [...addressOf.values()] : [];
  for (const address of wanted) {
    const id = bound[address]?.remote_id ?? '';
    const found = address.startsWith('test/')
      ? [await testById(connection, live, address, id)]
      : live.filter((test) => isTestOf(test, id));
    for (const test of found) chosen.set(test.id, test);
  }
  const pool = wanted.length > 0 ? [...chosen.values()] : suite === undefined ? [] : live;
  const tests = pool.filter((test) => suite === undefined || suiteOf(test) === suite);
  if (tests.length === 0) throw nothingToRun(addresses, suite);
  return {
    tests: tests.map((test) => runnable(test, addressOf.get(test.id))),
    destinations: new Set(tests.map(({ config }) => String(config.destination ?? ''))),
  };
}

async function testById(
  connection: Connection,
  live: readonly RemoteResource[],
  address: Address,
  id: string,
): Promise<RemoteResource> {
  // A list may lag behind the write that has just made the test.
  const found = live.find((test) => test.id === id) ?? (await connection.api.get('test', id));
  if (found !== undefined) return found;
  throw new Failure('gate', `${address} (${id}) was deleted from the account`, {
    code: 'TEST_MISSING',
    hint: 'plan --recreate creates it again',
  });
}

function nothingToRun(addresses: readonly Address[], suite: string | undefined): Failure {
  const of = addresses.length > 0 ? ` of ${addresses.join(', ')}` : '';
  const message = suite === undefined ? `there is no test${of}` : `the suite ${suite} has no test${of}`;
  return new Failure('gate', message, {
    code: suite === undefined ? 'TESTS_NONE' : 'SUITE_EMPTY',
    hint: 'a run of nothing proves nothing: check the names',
  });
}
