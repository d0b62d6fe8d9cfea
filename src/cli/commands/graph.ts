import type { ResourceGraph } from '../../model/graph.ts';
import { resourceGraph } from '../../operations/plan/graph.ts';
import { gather } from '../../operations/session/inputs.ts';
import { renderDot } from '../../render/graph/dot.ts';
import { renderMermaid } from '../../render/graph/mermaid.ts';
import { renderSvg } from '../../render/graph/svg.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { format } from '../options.ts';

export const GRAPH_FORMATS = ['mermaid', 'dot', 'svg', 'json'] as const;

export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** Prints what the specs of one environment have to do with each other; no network, no state. */
export const graph = defineCommand({
  usage: 'graph',
  options: (command) => command.addOption(format('mermaid', 'dot', 'svg', 'json')),
  run: async (context, _args, { format }) => {
    const found = resourceGraph(await gather(context));
    if (format === 'json') context.printJson({ format_version: '1.0', ...found });
    else context.printExactly(drawn(found, format));
    return EXIT_DONE;
  },
});

function drawn(found: ResourceGraph, format: Exclude<GraphFormat, 'json'>): string {
  switch (format) {
    case 'mermaid':
      return renderMermaid(found);
    case 'dot':
      return renderDot(found);
    case 'svg':
      return renderSvg(found);
    default:
      return format satisfies never;
  }
}
