/** The flow of an agent; steps of components are copied to where they are used. */
import type { Carry } from '../carry.ts';
import type { Exit, Flow, FlowStep, Tool } from '../neutral.ts';
import { type Cursor, elements, member, rawText } from '../source/cursor.ts';
import { exitsOf } from './conditions.ts';
import { retellStep } from './steps.ts';
import { retellTool } from './tools.ts';

/** A component inside a component inside a component … has an end. */
const MAX_NESTING = 5;

export function flowOfComponents(carry: Carry, engine: Cursor, tools: ReadonlyMap<string, Tool>): Flow {
  const components = new Map<string, Cursor>();
  for (const each of elements(member(engine, 'components'))) {
    for (const name of ['component_id', 'id', 'name']) {
      const id = rawText(member(each, name));
      if (id !== undefined && !components.has(id)) components.set(id, each);
    }
  }
  const start = member(engine, 'start_node_id');
  carry.ledger.exact(start);
  const steps = elements(member(engine, 'nodes')).flatMap((node) =>
    expanded(carry, node, tools, components, 0),
  );
  return { steps, at: engine, ...(rawText(start) ? { start: rawText(start) ?? '' } : {}) };
}

function expanded(
  carry: Carry,
  node: Cursor,
  tools: ReadonlyMap<string, Tool>,
  components: ReadonlyMap<string, Cursor>,
  nesting: number,
): readonly FlowStep[] {
  if (rawText(member(node, 'type')) !== 'component') return [retellStep(carry, node, tools)];
  const id = member(node, 'component_id');
  const component = components.get(rawText(id) ?? '');
  if (component === undefined || nesting >= MAX_NESTING) {
    carry.ledger.lost(id, component === undefined ? 'step-missing' : 'edge-circle', rawText(id));
    return [
      {
        id: rawText(member(node, 'id')) ?? '',
        at: node,
        action: { type: 'route' },
        exits: exitsOf(carry, node),
      },
    ];
  }
  carry.ledger.near(id, 'component');
  const own = new Map(tools);
  for (const each of elements(member(component, 'tools'))) {
    const tool = retellTool(carry, each);
    const name = rawText(member(each, 'tool_id')) ?? rawText(member(each, 'name'));
    if (tool !== undefined && name !== undefined) own.set(name, tool);
  }
  const outer = rawText(member(node, 'id')) ?? '';
  const onwards = exitsOf(carry, node);
  const inner = elements(member(component, 'nodes')).flatMap((each) =>
    expanded(carry, each, own, components, nesting + 1),
  );
  const first = rawText(member(component, 'start_node_id')) ?? inner[0]?.id ?? '';
  carry.ledger.exact(member(component, 'start_node_id'));
  carry.ledger.exact(member(component, 'name'));
  const prefixed = (name: string): string => `${outer}--${name}`;
  const steps = inner.map((step) => ({
    ...step,
    id: prefixed(step.id),
    exits:
      step.exits.length === 0 && step.action.type !== 'end'
        ? onwards
        : step.exits.map((exit) => moved(exit, prefixed)),
  }));
  const enter: Exit = {
    id: `${outer}-enter`,
    when: { type: 'otherwise', words: 'Always.' },
    to: prefixed(first),
    at: node,
  };
  return [{ id: outer, at: node, action: { type: 'route' }, exits: [enter] }, ...steps];
}

function moved(exit: Exit, prefixed: (name: string) => string): Exit {
  return { ...exit, id: prefixed(exit.id), to: prefixed(exit.to) };
}
