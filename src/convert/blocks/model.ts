import type { JsonObject } from '../../model/json.ts';
import type { Carry } from '../carry.ts';
import { type Cursor, rawText } from '../source/cursor.ts';

/** Vendors by how the names of their models begin. */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/^(gpt|chatgpt|o\d)/, 'openai'],
  [/^claude/, 'anthropic'],
  [/^gemini/, 'google'],
  [/^(llama|meta-llama)/, 'meta-llama'],
  [/^(mistral|mixtral)/, 'mistralai'],
  [/^deepseek/, 'deepseek-ai'],
  [/^qwen/, 'Qwen'],
  [/^grok/, 'xai'],
  [/^kimi/i, 'moonshotai'],
];

/** `gpt-4.1` → `openai/gpt-4.1`; nothing for a model that only the other platform has. */
export function modelBlock(carry: Carry, at: Cursor | undefined): JsonObject {
  const name = rawText(at)?.trim();
  if (at === undefined || name === undefined || name === '') return {};
  const bare = name.replace(/^(openai|anthropic|google|azure-openai|vertex)[/:]/, '');
  const vendor = VENDORS.find(([pattern]) => pattern.test(bare))?.[1];
  if (vendor === undefined) {
    carry.ledger.lost(at, 'model-unknown', name.slice(0, 60));
    return {};
  }
  carry.ledger.near(at, 'model');
  return { model: `${vendor}/${bare}` };
}

/** A model server that speaks the protocol of OpenAI. */
export function externalModel(carry: Carry, url: Cursor | undefined, model: Cursor | undefined): JsonObject {
  const base = carry.text(url);
  if (base === undefined || base === '') return {};
  return { external_llm: { base_url: base, model: carry.text(model) || 'default' } };
}
