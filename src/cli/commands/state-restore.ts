import { type RestoreRequest, restoreResource } from '../../operations/state/restore.ts';
import type { Context } from '../context.ts';
import { showReport } from '../show-report.ts';

export interface RestoreFlags extends RestoreRequest {
  readonly format: string;
}

/** Creates a deleted resource again from its archived form and binds it. */
export async function restoreState(context: Context, text: string, flags: RestoreFlags): Promise<number> {
  return showReport(context, await restoreResource(context, text, flags), flags.format);
}
