import type { Relation, ResourceGraph } from '../../model/graph.ts';
import { visible } from '../terminal/visible.ts';

/** Kinds without a shape of their own are boxes. */
const SHAPES: { readonly [kind: string]: string } = {
  tool: 'oval',
  mcp_server: 'cylinder',
  test: 'hexagon',
  integration: 'parallelogram',
};

const STYLES: { readonly [relation in Relation]: string } = {
  handoff: '',
  uses: ' [style=dashed]',
  tests: ' [style=dotted, label="tests"]',
  gates: ' [style=dotted, label="gates"]',
};

function quoted(text: string): string {
  return `"${visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A Graphviz digraph; names of nodes are addresses. */
export function renderDot(graph: ResourceGraph): string {
  const nodes = graph.nodes.map(
    ({ address, kind }) => `  ${quoted(address)} [shape=${SHAPES[kind] ?? 'box'}];`,
  );
  const edges = graph.edges.map(
    ({ from, to, relation }) => `  ${quoted(from)} -> ${quoted(to)}${STYLES[relation]};`,
  );
  return `${['digraph assistants {', '  rankdir=LR;', '  node [fontname="sans-serif"];', ...nodes, ...edges, '}'].join('\n')}\n`;
}
