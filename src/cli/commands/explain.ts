import { explainValues } from '../../operations/explain.ts';
import { renderExplained } from '../../render/terminal/explain-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Says where the values of a spec come from; reads files only. */
export async function explain(
  context: Context,
  text: string,
  pointer: string | undefined,
  format: string,
): Promise<number> {
  const { address, environment, values } = await explainValues(context, text, pointer);
  if (format === 'json') context.printJson({ format_version: '1.0', address, environment, values });
  else context.print(renderExplained(`${address} (${environment})`, values, context.style));
  return EXIT_DONE;
}
