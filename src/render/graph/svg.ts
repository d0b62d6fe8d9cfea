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

function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let from = first;
  const parts = rest.map((to) => {
    const bend = (from.x + to.x) / 2;
    const flat = from.y === to.y;
    from = to;
    return flat ? `L${to.x} ${to.y}` : `C${bend} ${previousY(points, to)} ${bend} ${to.y} ${to.x} ${to.y}`;
  });
  return `M${first.x} ${first.y}${parts.join('')}`;
}

function previousY(points: readonly Point[], point: Point): number {
  return points[points.indexOf(point) - 1]?.y ?? point.y;
}

const HEAD = 8;

function headAt({ x, y }: Point, towards: 1 | -1): string {
  const back = x - towards * HEAD;
  return `<path class="head" d="M${x} ${y}L${back} ${y - 4}L${back} ${y + 4}Z"/>`;
}

function drawLink({ link, points }: PlacedLink): string {
  const { edge, heads } = link;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const words = RELATION_WORDS[edge.relation];
  const title =
    heads === 'both'
      ? `${edge.from} and ${edge.to} hand over to each other`
      : `${edge.from} ${words} ${edge.to}`;
  const ends = `${heads === 'from' ? '' : headAt(last, 1)}${heads === 'to' ? '' : headAt(first, -1)}`;
  return `<g class="link ${edge.relation}"><title>${escapeMarkup(title)}</title><path d="${pathOf(points)}"/>${ends}</g>`;
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
  return Number(a.link.edge.relation === 'handoff') - Number(b.link.edge.relation === 'handoff');
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
