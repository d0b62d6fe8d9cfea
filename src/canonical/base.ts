import type { JsonObject } from '../model/json.ts';
import type { Shape } from '../model/shape.ts';
import { sealSecrets } from './canonical.ts';
import { withIds } from './walk.ts';

/** A base as state keeps it: references as live ids where they are known, secrets as digests. */
export function storedBase(
  shape: Shape,
  base: JsonObject,
  ids: (target: string) => string | undefined,
): JsonObject {
  return sealSecrets(shape, withIds(shape, base, ids));
}
