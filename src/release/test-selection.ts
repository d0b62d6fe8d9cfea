import type { Address } from '../model/address.ts';
import { isArray, isObject, type JsonObject } from '../model/json.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { RunnableTest } from '../model/runs.ts';

/** A live test as it is run and reported. */
export function runnable(test: RemoteResource, address: Address | undefined): RunnableTest {
  return {
    address,
    testId: test.id,
    name: test.name,
    suite: suiteOf(test),
    criteria: criteriaOf(test.config),
  };
}

/** The suite that a live test carries; undefined for none. */
export function suiteOf({ config }: RemoteResource): string | undefined {
  const suite = config.test_suite;
  return typeof suite === 'string' && suite !== '' ? suite : undefined;
}

function criteriaOf(config: JsonObject): { readonly [item: string]: string } {
  const items = isArray(config.rubric) ? config.rubric.filter(isObject) : [];
  return Object.fromEntries(
    items.flatMap(({ name, criteria }) =>
      typeof name === 'string' && typeof criteria === 'string' ? [[name, criteria]] : [],
    ),
  );
}

/** True when the test talks to the assistant itself, and not to a number or address that may lead to it. */
export function isTestOf(test: RemoteResource, assistantId: string): boolean {
  return test.config.destination === assistantId;
}

/** True when the test certainly talks to another assistant. */
export function isTestOfAnother(test: RemoteResource, assistantId: string): boolean {
  const { destination } = test.config;
  return (
    typeof destination === 'string' && destination.startsWith('assistant-') && destination !== assistantId
  );
}
