import { findStatus } from '../../operations/status/status.ts';
import { renderStatus, statusJson } from '../../render/terminal/status-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Says in ten lines where the environment stands; exits 0 also when something could not be read. */
export async function status(context: Context, format: string): Promise<number> {
  const report = await findStatus(context);
  if (format === 'json') context.printJson(statusJson(report));
  else context.print(renderStatus(report, context.style));
  return EXIT_DONE;
}
