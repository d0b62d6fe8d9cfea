import type { Relation, ResourceGraph } from '../../model/graph.ts';
import { visible } from '../terminal/visible.ts';
import { MARK_SIGNS, type Mark, type Marks, NO_MARKS } from './words.ts';

/** Kinds without a shape of their own are boxes. */
const SHAPES: { readonly [kind: string]: readonly [string, string] } = {
  tool: ['([', '])'],
  mcp_server: ['[(', ')]'],
  test: ['{{', '}}'],
  integration: ['[/', '/]'],
};

const ARROWS: { readonly [relation in Relation]: string } = {
  handoff: '-->',
  uses: '-.->',
  tests: '-. tests .->',
  gates: '-. gates .->',
};

/** Strokes that show on GitHub's light and dark pages; the sign in the label says the same without colour. */
const STROKES: { readonly [mark in Mark]: string } = {
  create: '#1a7f37',
  update: '#9a6700',
  delete: '#cf222e',
  adopt: '#0969da',
  move: '#0969da',
  drift: '#8250df',
  conflict: '#cf222e',
};

/** Everything but plain letters becomes one of Mermaid's character codes, so that a label can hold no syntax. */
function label(text: string): string {
  return visible(text).replace(/[^\w ./:+~=-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}

/** A Mermaid flowchart; labels are addresses, marked ones carry the sign and the stroke of what happens to them. */
export function renderMermaid(graph: ResourceGraph, marks: Marks = NO_MARKS): string {
  const ids = new Map(graph.nodes.map(({ address }, index) => [address, `n${index}`]));
  const nodes = graph.nodes.map(({ address, kind }) => {
    const [open, close] = SHAPES[kind] ?? ['[', ']'];
    const mark = marks.get(address);
    const text = mark === undefined ? address : `${MARK_SIGNS[mark]} ${address}`;
    const style = mark === undefined ? '' : `:::${mark}`;
    return `  ${ids.get(address)}${open}"${label(text)}"${close}${style}`;
  });
  const edges = graph.edges.map(
    ({ from, to, relation }) => `  ${ids.get(from)} ${ARROWS[relation]} ${ids.get(to)}`,
  );
  const used = [...new Set(graph.nodes.flatMap(({ address }) => marks.get(address) ?? []))].sort();
  const classes = used.map((mark) => `  classDef ${mark} stroke:${STROKES[mark]},stroke-width:3px`);
  return `${['flowchart LR', ...nodes, ...edges, ...classes].join('\n')}\n`;
}
