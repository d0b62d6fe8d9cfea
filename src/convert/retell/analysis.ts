import type { JsonObject } from '../../model/json.ts';
import { withoutAbsent } from '../blocks/voice.ts';
import type { Carry } from '../carry.ts';
import type { Insight, SimulatedCall } from '../neutral.ts';
import { type Cursor, elements, member, rawFlag, rawText } from '../source/cursor.ts';

const PRESETS: { readonly [name: string]: { readonly question: string; readonly schema: JsonObject } } = {
  call_summary: { question: 'Summarise the conversation in a few sentences.', schema: { type: 'string' } },
  call_successful: {
    question: 'Did the assistant reach what the caller wanted from the conversation?',
    schema: { type: 'boolean' },
  },
  user_sentiment: {
    question: 'How did the caller feel about the conversation?',
    schema: { type: 'string', enum: ['Negative', 'Positive', 'Neutral', 'Unknown'] },
  },
};

/** What is asked about each call after its end. */
export function retellInsights(carry: Carry, at: Cursor | undefined): readonly Insight[] {
  return elements(at).flatMap((each) => {
    const name = member(each, 'name');
    const title = (rawText(name) ?? '').trim();
    if (title === '') return [];
    carry.ledger.exact(name);
    const type = member(each, 'type');
    const preset = rawText(type) === 'system-presets' ? PRESETS[title] : undefined;
    if (preset === undefined) carry.ledger.exact(type);
    else carry.ledger.near(type, 'analysis');
    const required = member(each, 'required');
    if (required !== undefined) carry.ledger.near(required, 'analysis');
    return [insight(carry, each, title, preset)];
  });
}

function insight(
  carry: Carry,
  at: Cursor,
  name: string,
  preset: { readonly question: string; readonly schema: JsonObject } | undefined,
): Insight {
  const choices = elements(member(at, 'choices')).flatMap((each) => carry.text(each) ?? []);
  const examples = elements(member(at, 'examples')).flatMap((each) => carry.text(each) ?? []);
  const only = carry.text(member(at, 'conditional_prompt'));
  const question = carry.text(member(at, 'description'))?.trim() || preset?.question || `Find out: ${name}.`;
  const lines = [
    question,
    examples.length === 0 ? '' : `Examples: ${examples.join('; ')}.`,
    only === undefined || only.trim() === '' ? '' : `Only when this holds: ${only}`,
    rawFlag(member(at, 'required')) === false ? 'Leave it out when the conversation does not tell.' : '',
  ];
  const schema = preset?.schema ?? valueSchema(rawText(member(at, 'type')), choices);
  return { name, at, instructions: lines.filter(Boolean).join('\n'), schema };
}

function valueSchema(type: string | undefined, choices: readonly string[]): JsonObject {
  const known = type === 'number' || type === 'boolean' ? type : 'string';
  return withoutAbsent([
    ['type', known],
    ['enum', choices.length > 0 && known === 'string' ? [...new Set(choices)] : undefined],
  ]);
}

/** A simulated call as Retell and tools around it keep it. */
export function retellTest(carry: Carry, at: Cursor): readonly SimulatedCall[] {
  const prompt = carry.text(member(at, 'user_prompt'), 'simulation')?.trim();
  const name = member(at, 'name');
  if (prompt === undefined || prompt === '') return [];
  carry.ledger.exact(name);
  const criteria = elements(member(at, 'metrics')).flatMap((metric, index) => {
    const text = (carry.text(metric) ?? carry.text(member(metric, 'description', 'prompt')) ?? '').trim();
    return text === '' ? [] : [{ name: rawText(member(metric, 'name')) ?? `Criterion ${index + 1}`, text }];
  });
  carry.ledger.lost(member(at, 'dynamic_variables'), 'test-variables');
  carry.ledger.lost(member(at, 'llm_model'), 'sampling');
  return [{ name: rawText(name) ?? 'Test', at, instructions: prompt, criteria }];
}
