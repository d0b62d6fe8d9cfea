import { ApiError } from '../model/errors.ts';
import type { ApplyDeps } from './context.ts';

type ApplyApi = ApplyDeps['api'];

/** How sure it is that a write took effect. */
export type WriteOutcome = 'confirmed' | 'unknown';

/** The same API; `wrote` is called for each write that the API confirmed, or that may have taken effect. */
export function countingWrites(api: ApplyApi, wrote: (outcome: WriteOutcome) => void): ApplyApi {
  const noted =
    <A extends unknown[], R>(
      write: (...args: A) => Promise<R>,
      isEffect: (result: R) => boolean = () => true,
    ) =>
    async (...args: A): Promise<R> => {
      try {
        const result = await write(...args);
        if (isEffect(result)) wrote('confirmed');
        return result;
      } catch (error) {
        if (error instanceof ApiError && error.effect === 'unknown') wrote('unknown');
        throw error;
      }
    };
  return {
    ...api,
    create: noted(api.create),
    update: noted(api.update),
    delete: noted(api.delete),
    erase: noted(api.erase),
    // Nothing came back: there was nothing to restore.
    restore: noted(api.restore, (restored) => restored !== undefined),
    assign: noted(api.assign),
    unassign: noted(api.unassign),
    stageVersion: noted(api.stageVersion),
    updateVersion: noted(api.updateVersion),
    promoteVersion: noted(api.promoteVersion),
    deleteVersion: noted(api.deleteVersion),
    createCanary: noted(api.createCanary),
    replaceCanary: noted(api.replaceCanary),
    deleteCanary: noted(api.deleteCanary),
  };
}
