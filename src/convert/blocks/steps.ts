import type { Flow } from '../neutral.ts';
import { type Cursor, member, rawNumber } from '../source/cursor.ts';

const SAY = 'Say this word for word, then listen:\n\n';
const SAID = 'You have just said this. Listen to the answer:\n\n';

export function wordForWord(text: string): string {
  return `${SAY}${text}`;
}

/** A flow whose first step does not repeat what the greeting has said. */
export function withoutRepetition(flow: Flow, greeting: string | undefined): Flow {
  const start = flow.start ?? flow.steps[0]?.id;
  const said = greeting === undefined || greeting.trim() === '' ? undefined : wordForWord(greeting);
  const steps = flow.steps.map((step) => {
    const { action } = step;
    if (step.id !== start || action.type !== 'talk' || said === undefined || !action.text.startsWith(said))
      return step;
    return { ...step, action: { ...action, text: `${SAID}${action.text.slice(SAY.length)}` } };
  });
  return { ...flow, steps };
}

export function positionOf(at: Cursor | undefined): { readonly x: number; readonly y: number } | undefined {
  const x = rawNumber(member(at, 'x'));
  const y = rawNumber(member(at, 'y'));
  return x === undefined || y === undefined ? undefined : { x, y };
}

/** `exports/Front Desk V2.json` → `Front Desk V2`. */
export function fileTitle(at: Cursor): string {
  const base = at.file.name.split('/').at(-1) ?? '';
  return base.replace(/\.[^.]+$/, '').trim() || 'Assistant';
}
