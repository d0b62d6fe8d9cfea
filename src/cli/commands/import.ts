import { type ImportRequest, importFromProvider } from '../../operations/pull/import-assistants.ts';
import type { Context } from '../context.ts';
import { showPull } from './pull.ts';

export interface ImportFlags extends ImportRequest {
  readonly format: string;
}

/** Has the API copy assistants from another platform, then writes specs for them and binds them. */
export async function importAssistants(context: Context, flags: ImportFlags): Promise<number> {
  return showPull(context, await importFromProvider(context, flags), flags.format);
}
