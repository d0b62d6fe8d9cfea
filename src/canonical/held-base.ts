import { SHAPES } from '../model/generated/shapes.ts';
import { toPointer } from '../model/json.ts';
import type { RemoteResource } from '../model/remote.ts';
import type { Binding } from '../model/state.ts';
import { asSent } from './as-sent.ts';
import { differencesFrom } from './differences.ts';

/**
 * True when a resource that was read whole holds its base and nothing beside it that is neither the spec's nor known
 * as foreign: nobody changed anything that Git manages. Both sides name ids.
 */
function holdsBase({ base, foreign, forms }: Binding, live: RemoteResource): boolean {
  if (base === null) return false;
  const shape = SHAPES[live.kind];
  return differencesFrom(shape, base, asSent(shape, live.config, forms)).every((path) =>
    foreign.some((known) => toPointer(path) === known || toPointer(path).startsWith(`${known}/`)),
  );
}

/**
 * The binding with the id of the version that was read whole, where it holds the base. As long as the list of
 * assistants shows that id, an assistant is not read again; without it, it is.
 */
export function withReadVersion(binding: Binding, live: RemoteResource): Binding {
  const { read_version_id: _former, ...rest } = binding;
  if (live.versionId === undefined || !holdsBase(binding, live)) return rest;
  return { ...rest, read_version_id: live.versionId };
}
