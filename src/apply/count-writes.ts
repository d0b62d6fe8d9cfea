import type { ApplyDeps } from './context.ts';

type ApplyApi = ApplyDeps['api'];

/** The same API; `wrote` is called for each write that the API confirmed. */
export function notingWrites(api: ApplyApi, wrote: () => void): ApplyApi {
  const noted =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const result = await write(...args);
      wrote();
      return result;
    };
  return {
    ...api,
    create: noted(api.create),
    update: noted(api.update),
    delete: noted(api.delete),
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
