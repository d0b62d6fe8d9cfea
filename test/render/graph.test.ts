import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GraphEdge, GraphNode, ResourceGraph } from '../../src/model/graph.ts';
import { around } from '../../src/model/graph.ts';
import { renderDot } from '../../src/render/graph/dot.ts';
import { layoutGraph } from '../../src/render/graph/layout.ts';
import { renderMermaid } from '../../src/render/graph/mermaid.ts';
import { renderSvg } from '../../src/render/graph/svg.ts';
import { expectGolden } from './golden.ts';
import { CONTROL, HOSTILE } from './hostile.ts';

function node(address: string): GraphNode {
  const kind = address.slice(0, address.indexOf('/'));
  const known = (['assistant', 'tool', 'test', 'mcp_server'] as const).find((name) => name === kind);
  return { address, kind: known ?? 'integration', name: `Name of ${address}` };
}

function edge(from: string, to: string, relation: GraphEdge['relation'] = 'handoff'): GraphEdge {
  return { from, to, relation };
}

const SAMPLE: ResourceGraph = {
  nodes: [
    'assistant/after-hours',
    'assistant/billing',
    'assistant/front-desk',
    'assistant/support',
    'integration/hubspot',
    'mcp_server/manuals',
    'test/refund',
    'tool/lookup-order',
  ].map(node),
  edges: [
    edge('assistant/after-hours', 'assistant/support'),
    edge('assistant/billing', 'assistant/front-desk'),
    edge('assistant/front-desk', 'assistant/billing'),
    edge('assistant/front-desk', 'assistant/support'),
    edge('assistant/front-desk', 'integration/hubspot', 'uses'),
    edge('assistant/front-desk', 'tool/lookup-order', 'uses'),
    edge('assistant/support', 'mcp_server/manuals', 'uses'),
    edge('test/refund', 'assistant/billing', 'gates'),
  ],
};

test('goldens', () => {
  const marks = new Map([
    ['assistant/front-desk', 'update'],
    ['tool/lookup-order', 'create'],
  ] as const);
  expectGolden('graph-mermaid', renderMermaid(SAMPLE, marks));
  expectGolden('graph-dot', renderDot(SAMPLE));
  expectGolden('graph-svg', renderSvg(SAMPLE, { marks }).replaceAll('><', '>\n<'));
});

describe('a hostile name', () => {
  const graph: ResourceGraph = {
    nodes: [node('assistant/a'), { address: `integration/${HOSTILE}`, kind: 'integration', name: HOSTILE }],
    edges: [edge('assistant/a', `integration/${HOSTILE}`, 'uses')],
  };

  test('stays inside its label', () => {
    const mermaid = renderMermaid(graph);
    expect(mermaid.split('\n')).toHaveLength(5);
    const label = mermaid.split('\n')[2]?.slice('  n1[/"'.length, -'"/]'.length);
    expect(label).toMatch(/^[\w ./:+~=#;-]+$/);
    expect(renderDot(graph).match(/(?<!\\)"/g)).toHaveLength(10);
    const svg = renderSvg(graph);
    expect(svg).not.toMatch(/<\/details|<!--|<script/);
    for (const text of [mermaid, renderDot(graph), svg]) expect(text).not.toMatch(CONTROL);
  });
});

/** Assistants, tools and tests with any relations between them. */
const GRAPHS = fc
  .record({
    assistants: fc.integer({ min: 1, max: 12 }),
    tools: fc.integer({ min: 0, max: 6 }),
    tests: fc.integer({ min: 0, max: 6 }),
    picks: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 40 }),
  })
  .map(({ assistants, tools, tests, picks }): ResourceGraph => {
    const names = (kind: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${kind}/${kind[0]}${index}`);
    const all = { a: names('assistant', assistants), t: names('tool', tools), c: names('test', tests) };
    const pick = (list: readonly string[], at: number): string => list[at % list.length] ?? '';
    const edges = new Map<string, GraphEdge>();
    for (const [how, from, to] of picks) {
      const made =
        how % 3 === 0 || (how % 3 === 1 ? tools : tests) === 0
          ? edge(pick(all.a, from), pick(all.a, to))
          : how % 3 === 1
            ? edge(pick(all.a, from), pick(all.t, to), 'uses')
            : edge(pick(all.c, from), pick(all.a, to), 'tests');
      if (made.from !== made.to) edges.set(`${made.from} ${made.to}`, made);
    }
    return { nodes: [...all.a, ...all.t, ...all.c].map(node), edges: [...edges.values()] };
  });

describe('any layout', () => {
  test('has every node once, none over another, all inside the drawing', () => {
    fc.assert(
      fc.property(GRAPHS, (graph) => {
        const { nodes, width, height } = layoutGraph(graph);
        expect(nodes.map((placed) => placed.node.address).sort()).toEqual(
          graph.nodes.map(({ address }) => address).sort(),
        );
        for (const [index, a] of nodes.entries()) {
          expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
          for (const b of nodes.slice(index + 1)) {
            const apart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            expect(apart, `${a.label} and ${b.label}`).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('draws no line that goes back and forth, mutual handoffs once', () => {
    fc.assert(
      fc.property(GRAPHS, (graph) => {
        const { links } = layoutGraph(graph);
        for (const { points } of links) {
          const xs = points.map(({ x }) => x);
          const onwards = xs.toSorted((a, b) => a - b);
          expect([onwards, onwards.toReversed()]).toContainEqual(xs);
        }
        const pairs = new Set(graph.edges.map(({ from, to }) => [from, to].sort().join(' ')));
        expect(links).toHaveLength(pairs.size);
      }),
      { numRuns: 30 },
    );
  });

  test('is the same however the graph is listed', () => {
    expect(layoutGraph(SAMPLE)).toEqual(layoutGraph({ nodes: [...SAMPLE.nodes], edges: [...SAMPLE.edges] }));
  });

  test('of a large account has every resource', () => {
    const names = Array.from({ length: 200 }, (_, index) => `assistant/a${index}`);
    const edges = names.flatMap((from, index) => [
      edge(from, names[(index * 7 + 3) % 200] ?? ''),
      edge(from, names[(index * 13 + 5) % 200] ?? ''),
    ]);
    expect(layoutGraph({ nodes: names.map(node), edges }).nodes).toHaveLength(200);
  });

  test('of nothing is an empty drawing', () => {
    expect(renderSvg({ nodes: [], edges: [] })).toContain('</svg>');
  });
});

test('what is around a node: its neighbours and nothing behind them', () => {
  const found = around(SAMPLE, new Set(['assistant/support']));
  expect(found.nodes.map(({ address }) => address)).toEqual([
    'assistant/after-hours',
    'assistant/front-desk',
    'assistant/support',
    'mcp_server/manuals',
  ]);
  expect(found.edges).toHaveLength(3);
});
