import type { ResourceGraph } from '../../model/graph.ts';
import { escapeMarkup } from '../html/escape.ts';
import type { PlacedLink, PlacedNode, Point } from './layout.ts';
import { layoutGraph } from './layout.ts';
import { GRAPH_CSS, GRAPH_PALETTE } from './svg-style.ts';
import { kindWords, MARK_SIGNS, type Marks, NO_MARKS, RELATION_WORDS } from './words.ts';

export interface SvgOptions {
  readonly marks?: Marks;
  /** Inside a page that has {@link GRAPH_CSS} and the palette in its own style sheet. */
  readonly embedded?: boolean;
}

/** A smooth line through the points: bends at the middle of each piece. */
function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    const end = index === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  return `M${first.x} ${first.y}${bends.length === 0 ? `L${last.x} ${last.y}` : bends.join('')}`;
}

const HEAD = 8;

/** An arrow head whose tip is at a point, coming from another one. */
function headAt(tip: Point, from: Point): string {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const corner = (turn: number): string =>
    `${Math.round(tip.x - HEAD * Math.cos(angle + turn))} ${Math.round(tip.y - HEAD * Math.sin(angle + turn))}`;
  return `<path class="head" d="M${tip.x} ${tip.y}L${corner(0.45)}L${corner(-0.45)}Z"/>`;
}

function drawLink({ edge, mutual, points }: PlacedLink): string {
  const [first, second, last, before] = [points[0], points[1], points.at(-1), points.at(-2)];
  if (first === undefined || second === undefined || last === undefined || before === undefined) return '';
  const title = mutual
    ? `${edge.from} and ${edge.to} hand over to each other`
    : `${edge.from} ${RELATION_WORDS[edge.relation]} ${edge.to}`;
  const heads = `${headAt(last, before)}${mutual ? headAt(first, second) : ''}`;
  return `<g class="link ${edge.relation}"><title>${escapeMarkup(title)}</title><path d="${pathOf(points)}"/>${heads}</g>`;
}

function drawNode({ node, label, x, y, width, height }: PlacedNode, marks: Marks): string {
  const mark = marks.get(node.address);
  const middle = y + height / 2;
  const marked = mark === undefined ? '' : ` marked ${mark}`;
  const what = mark === undefined ? '' : `, ${mark}`;
  const badge =
    mark === undefined
      ? ''
      : `<circle class="badge" cx="${x + width - 3}" cy="${y + 3}" r="9"/><text class="sign" x="${x + width - 3}" y="${y + 7}">${MARK_SIGNS[mark]}</text>`;
  return (
    `<g class="node ${node.kind}${marked}">` +
    `<title>${escapeMarkup(`${node.address} (${kindWords(node.kind)}${what}): ${node.name}`)}</title>` +
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>` +
    `<circle class="dot" cx="${x + 16}" cy="${middle}" r="5"/>` +
    `<text x="${x + 29}" y="${middle + 4}">${escapeMarkup(label)}</text>${badge}</g>`
  );
}

/** What is drawn last lies on top. */
function handoffsLast(a: PlacedLink, b: PlacedLink): number {
  return Number(a.edge.relation === 'handoff') - Number(b.edge.relation === 'handoff');
}

/** The graph as an SVG document that needs nothing else; light and dark follow the viewer. */
export function renderSvg(graph: ResourceGraph, options: SvgOptions = {}): string {
  const marks = options.marks ?? NO_MARKS;
  const { width, height, nodes, links } = layoutGraph(graph);
  const style = options.embedded === true ? '' : `<style>${GRAPH_PALETTE}${GRAPH_CSS}</style>`;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" aria-label="${graph.nodes.length} resources and what they have to do with each other" ${size}>` +
    style +
    [...links].sort(handoffsLast).map(drawLink).join('') +
    nodes.map((node) => drawNode(node, marks)).join('') +
    '</svg>\n'
  );
}
