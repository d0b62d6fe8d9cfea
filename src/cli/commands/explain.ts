import type { Explained } from '../../model/explained.ts';
import { explainValues } from '../../operations/explain.ts';
import { renderExplained } from '../../render/terminal/explain-text.ts';
import { inline } from '../../render/terminal/value.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';

/** Says where the values of a spec come from; reads files only. */
export const explain = defineCommand({
  usage: 'explain <address> [pointer]',
  options: (command) => textOrJson(command),
  several: { takes: 'patterns', writes: false, singleOptions: [] },
  run: async (context, [text, pointer], { format }) => {
    const { address, environment, values } = await explainValues(context, text, pointer);
    const [only, second] = values;
    context.outline(outlineOf(only, second, values.length));
    if (format === 'json') context.printJson({ format_version: '1.0', address, environment, values });
    else if (values.length > 0)
      context.print(renderExplained(`${address} (${environment})`, values, context.style));
    return EXIT_DONE;
  },
});

function outlineOf(value: Explained | undefined, second: Explained | undefined, count: number): string {
  if (value === undefined) return 'not in this environment';
  return second === undefined ? inline(value.value) : `${count} values`;
}
