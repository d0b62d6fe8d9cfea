import { type MigrateRequest, migrateState } from '../../operations/state/migrate.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

export interface MigrateFlags extends MigrateRequest {
  readonly format: string;
}

/** Moves the state of the environment to the other backend. */
export async function migrate(context: Context, flags: MigrateFlags): Promise<number> {
  const { from, to, bindings, line } = await migrateState(context, flags);
  if (flags.format === 'json') {
    context.printJson({ from, to, bindings, project_file: line ?? null });
    return EXIT_DONE;
  }
  const count = bindings === 1 ? '1 binding' : `${bindings} bindings`;
  context.print(`Moved ${count} from ${from} to ${to}.\n`);
  if (line !== undefined) context.print(`Write into assistantctl.yaml, for this environment:\n  ${line}\n`);
  return EXIT_DONE;
}
