import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Carry } from '../carry.ts';
import type { Insight, SimulatedCall } from '../neutral.ts';
import { type Cursor, elements, member, memberAt, rawText } from '../source/cursor.ts';
import type { VapiResource } from './parts.ts';

/** A structured output is an insight with the same schema. */
export function structuredOutput(carry: Carry, at: Cursor): Insight {
  const name = member(at, 'name');
  carry.ledger.exact(name);
  carry.ledger.lost(member(at, 'model'), 'sampling');
  carry.ledger.frame(member(at, 'type'));
  carry.ledger.frame(member(at, 'target'));
  const title = rawText(name)?.trim() || 'Structured output';
  const description = carry.text(member(at, 'description'))?.trim();
  const prompt = carry.text(member(at, 'prompt'))?.trim();
  const schema = carry.json(member(at, 'schema'));
  const instructions = [description, prompt].filter(Boolean).join('\n\n') || `Find out: ${title}.`;
  return { name: title, at, instructions, ...(isObject(schema) ? { schema } : {}) };
}

/** What an assistant asks about its calls: outputs by their names, and the analysis plan of older exports. */
export function assistantInsights(
  carry: Carry,
  at: Cursor,
  outputs: ReadonlyMap<string, Insight>,
): readonly Insight[] {
  const ids = elements(memberAt(at, 'artifactPlan', 'structuredOutputIds'));
  const named = ids.flatMap((id) => {
    const found = outputs.get(rawText(id) ?? '');
    if (found === undefined) carry.ledger.lost(id, 'analysis', rawText(id));
    else carry.ledger.exact(id);
    return found === undefined ? [] : [found];
  });
  const inline = elements(memberAt(at, 'artifactPlan', 'structuredOutputs')).map((each) =>
    structuredOutput(carry, each),
  );
  return [...named, ...inline, ...planInsights(carry, member(at, 'analysisPlan'))];
}

function planInsights(carry: Carry, plan: Cursor | undefined): readonly Insight[] {
  if (plan === undefined) return [];
  const summary = question(carry, member(plan, 'summaryPlan'), member(plan, 'summaryPrompt'));
  const success = question(
    carry,
    member(plan, 'successEvaluationPlan'),
    member(plan, 'successEvaluationPrompt'),
  );
  const rubric = member(plan, 'successEvaluationRubric') ?? memberAt(plan, 'successEvaluationPlan', 'rubric');
  carry.ledger.near(rubric, 'analysis');
  const data = question(carry, member(plan, 'structuredDataPlan'), member(plan, 'structuredDataPrompt'));
  const schemaAt = member(plan, 'structuredDataSchema') ?? memberAt(plan, 'structuredDataPlan', 'schema');
  const schema = carry.json(schemaAt);
  const found: Insight[] = [];
  if (summary !== undefined)
    found.push({ name: 'Summary of the call', at: plan, instructions: summary, schema: { type: 'string' } });
  if (success !== undefined || rubric !== undefined) {
    found.push({
      name: 'Success of the call',
      at: plan,
      instructions: success ?? 'Was the call a success?',
      schema: rated(rawText(rubric)),
    });
  }
  if (isObject(schema) || data !== undefined) {
    const instructions = data ?? 'Fill in the fields from the conversation.';
    found.push({ name: 'Data of the call', at: plan, instructions, ...(isObject(schema) ? { schema } : {}) });
  }
  return found;
}

function question(carry: Carry, plan: Cursor | undefined, prompt: Cursor | undefined): string | undefined {
  const texts = elements(member(plan, 'messages')).flatMap((each) => {
    const role = rawText(member(each, 'role'));
    carry.ledger.frame(member(each, 'role'));
    return role === 'user' ? [] : [carry.text(member(each, 'content')) ?? ''];
  });
  const own = carry.text(prompt)?.trim();
  const text = [own, ...texts].filter(Boolean).join('\n\n').trim();
  return text === '' ? undefined : text;
}

const RATINGS: { readonly [rubric: string]: JsonObject } = {
  NumericScale: { type: 'integer', minimum: 1, maximum: 10 },
  PercentageScale: { type: 'integer', minimum: 0, maximum: 100 },
  LikertScale: {
    type: 'string',
    enum: ['Strongly Agree', 'Agree', 'Neutral', 'Disagree', 'Strongly Disagree'],
  },
  DescriptiveScale: { type: 'string', enum: ['Excellent', 'Good', 'Fair', 'Poor'] },
  PassFail: { type: 'boolean' },
  AutomaticRubric: { type: 'string' },
  Checklist: { type: 'string' },
  Matrix: { type: 'string' },
};

function rated(rubric: string | undefined): JsonObject {
  return RATINGS[rubric ?? 'PassFail'] ?? { type: 'boolean' };
}

export interface Simulations {
  readonly personalities: ReadonlyMap<string, Cursor>;
  readonly scenarios: ReadonlyMap<string, Cursor>;
  readonly outputs: ReadonlyMap<string, Insight>;
  /** Names of the suites that a simulation belongs to, by the simulation's id. */
  readonly suites: ReadonlyMap<string, string>;
}

/** Somebody with a character and a task: together they are a test. */
export function simulatedCall(carry: Carry, { ids, at }: VapiResource, world: Simulations): SimulatedCall {
  const name = member(at, 'name');
  carry.ledger.exact(name);
  const personality = find(carry, at, 'personality', world.personalities);
  const scenario = find(carry, at, 'scenario', world.scenarios);
  const suite = ids.flatMap((id) => world.suites.get(id) ?? [])[0];
  const character = elements(memberAt(personality, 'assistant', 'model', 'messages')).flatMap((each) => {
    carry.ledger.frame(member(each, 'role'));
    return carry.text(member(each, 'content'), 'simulation') ?? [];
  });
  carry.ledger.near(member(personality, 'name'), 'simulation');
  carry.ledger.lost(memberAt(personality, 'assistant', 'model'), 'sampling');
  const task = carry.text(member(scenario, 'instructions'), 'simulation') ?? '';
  const criteria = elements(member(scenario, 'evaluations')).flatMap((each) =>
    criterion(carry, each, world.outputs),
  );
  const description = mockedAnswers(carry, member(scenario, 'toolMocks'));
  carry.ledger.near(member(scenario, 'name'), 'simulation');
  const instructions =
    [...character, task].filter((text) => text.trim() !== '').join('\n\n') || 'Call and ask for help.';
  return {
    name: rawText(name) ?? ids[0] ?? 'Simulation',
    at,
    instructions,
    criteria,
    ...(description === '' ? {} : { description }),
    ...(suite === undefined ? {} : { suite }),
  };
}

/** What tools were to answer, for whoever sets up the service that the test calls. */
function mockedAnswers(carry: Carry, at: Cursor | undefined): string {
  const answers = elements(at).flatMap((each) => {
    const name = carry.text(member(each, 'toolName', 'tool'), 'tool-mock');
    const result = carry.json(member(each, 'result', 'response'), 'tool-mock');
    const text = typeof result === 'string' ? result : JSON.stringify(result ?? '');
    return name === undefined ? [] : [`${name}: ${text}`];
  });
  return answers.length === 0 ? '' : `Answers that the tools are to give:\n${answers.join('\n')}`;
}

function find(
  carry: Carry,
  at: Cursor,
  what: string,
  known: ReadonlyMap<string, Cursor>,
): Cursor | undefined {
  const inline = member(at, what);
  if (isObject(inline?.value ?? null)) return inline;
  const id = member(at, `${what}Id`) ?? inline;
  const found = known.get(rawText(id) ?? '');
  if (found === undefined) carry.ledger.lost(id, 'simulation', rawText(id));
  else carry.ledger.exact(id);
  return found;
}

function criterion(
  carry: Carry,
  at: Cursor,
  outputs: ReadonlyMap<string, Insight>,
): readonly { readonly name: string; readonly text: string }[] {
  const id = member(at, 'structuredOutputId');
  const inline = member(at, 'structuredOutput');
  const output = inline === undefined ? outputs.get(rawText(id) ?? '') : structuredOutput(carry, inline);
  if (output === undefined) {
    carry.ledger.lost(at, 'analysis', rawText(id));
    return [];
  }
  for (const name of ['structuredOutputId', 'comparator', 'value', 'required'])
    carry.ledger.near(member(at, name), 'simulation');
  const value: Json = member(at, 'value')?.value ?? true;
  const relation = rawText(member(at, 'comparator')) ?? '=';
  return [
    { name: output.name, text: `${output.instructions}\nExpected: ${relation} ${JSON.stringify(value)}` },
  ];
}
