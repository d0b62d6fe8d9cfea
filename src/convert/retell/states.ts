/** An LLM with states: each state is a step that talks, its edges are conditions in words. */
import type { Carry } from '../carry.ts';
import type { Flow, FlowStep } from '../neutral.ts';
import { type Cursor, elements, member, rawText } from '../source/cursor.ts';
import { retellTool } from './tools.ts';

export function statesFlow(carry: Carry, engine: Cursor): Flow {
  const start = member(engine, 'starting_state');
  carry.ledger.exact(start);
  const steps = elements(member(engine, 'states')).map((state) => stateStep(carry, state));
  return { steps, at: engine, ...(rawText(start) ? { start: rawText(start) ?? '' } : {}) };
}

function stateStep(carry: Carry, state: Cursor): FlowStep {
  const name = member(state, 'name');
  carry.ledger.exact(name);
  const exits = elements(member(state, 'edges')).flatMap((edge, index) => {
    const target = member(edge, 'destination_state_name', 'destination');
    const to = rawText(target);
    if (to === undefined) return [];
    carry.ledger.exact(target);
    const words =
      carry.text(member(edge, 'description'))?.trim() || `The conversation should go on with ${to}.`;
    carry.ledger.lost(member(edge, 'parameters'), 'step-extract');
    return [
      { id: `${rawText(name)}-${index + 1}`, when: { type: 'words' as const, text: words }, to, at: edge },
    ];
  });
  const tools = elements(member(state, 'tools')).flatMap((at) => retellTool(carry, at) ?? []);
  const text = carry.text(member(state, 'state_prompt')) ?? '';
  const id = rawText(name) ?? '';
  return { id, name: id, at: state, action: { type: 'talk', text, tools }, exits };
}
