/** Examples for a model, written into the text that they belong to. */
import type { Carry } from '../carry.ts';
import { type Cursor, elements, member, rawText } from '../source/cursor.ts';

const SPEAKERS: { readonly [role: string]: string } = {
  user: 'Caller',
  caller: 'Caller',
  human: 'Caller',
  agent: 'You',
  assistant: 'You',
  bot: 'You',
};

/** Conversations as lines; tool calls in them are left out. */
export function exampleSection(carry: Carry, at: Cursor | undefined): string {
  const dialogues = elements(at).flatMap((each) => {
    const lines = transcript(carry, each);
    return lines.length === 0 ? [] : [lines.join('\n')];
  });
  return dialogues.length === 0 ? '' : `\n\n# Examples\n\n${dialogues.join('\n\n')}`;
}

/** What callers say in examples, as a list in quotes. */
export function exampleSayings(carry: Carry, at: Cursor | undefined): readonly string[] {
  return elements(at).flatMap((each) => exampleSaying(carry, each) || []);
}

export function exampleSaying(carry: Carry, at: Cursor): string {
  const lines = transcript(carry, at);
  return lines.map((line) => line.replace(/^Caller: /, '')).join(' / ');
}

function transcript(carry: Carry, at: Cursor): readonly string[] {
  carry.ledger.frame(member(at, 'id'));
  const list = member(at, 'transcript', 'messages', 'conversation') ?? at;
  return elements(list).flatMap((line) => {
    const role = member(line, 'role', 'speaker');
    const speaker = SPEAKERS[(rawText(role) ?? 'user').toLowerCase()];
    const text =
      speaker === undefined
        ? undefined
        : carry.text(member(line, 'content', 'message', 'text'), 'examples-text')?.trim();
    if (speaker !== undefined) carry.ledger.near(role, 'examples-text');
    return text ? [`${speaker}: ${text}`] : [];
  });
}
