import type { JsonObject } from './json.ts';
import type { RemoteResource } from './remote.ts';
import type { Binding } from './state.ts';

/** What a new binding is made from. */
export interface BoundAs {
  /** What the specs say of it as applied; null where nothing was applied. */
  readonly base: JsonObject | null;
  readonly foreign?: readonly string[];
  readonly preventDestroy?: boolean;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** The binding to a resource as it was found, without a history. */
export function newBinding(
  { id, versionId }: Pick<RemoteResource, 'id' | 'versionId'>,
  { base, foreign = [], preventDestroy = false, at }: BoundAs,
): Binding {
  return {
    remote_id: id,
    base,
    foreign,
    main_version_id: versionId ?? null,
    staged_version_id: null,
    prevent_destroy: preventDestroy,
    updated_at: at,
  };
}
