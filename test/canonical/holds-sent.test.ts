import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealSecrets } from '../../src/canonical/canonical.ts';
import { holdsSent } from '../../src/canonical/holds-sent.ts';
import { isReworded } from '../../src/canonical/own-spelling.ts';
import { SHAPES } from '../../src/model/generated/shapes.ts';
import type { JsonObject } from '../../src/model/json.ts';

const SENT: JsonObject = {
  name: 'Desk',
  model: 'openai/gpt-4o',
  instructions: 'You answer\ncalls.',
  tags: ['a', 'b'],
};

describe('what a create sent is still held', () => {
  it.each<readonly [string, JsonObject]>([
    ['word for word', SENT],
    ['with more than was sent', { ...SENT, greeting: 'Hello.', voice_settings: { voice: 'x' } }],
    ['in another order', { ...SENT, tags: ['b', 'a'] }],
    ['with a longer name of the model', { ...SENT, model: 'openai/gpt-4o-2026' }],
    ['with other line ends', { ...SENT, instructions: 'You answer\r\ncalls.' }],
  ])('%s', (_, live) => {
    expect(holdsSent(SHAPES.assistant, SENT, live)).toBe(true);
  });

  it.each<readonly [string, JsonObject]>([
    ['other words', { ...SENT, instructions: 'You never answer calls.' }],
    ['more words', { ...SENT, instructions: 'You answer\ncalls. Always.' }],
    ['another model', { ...SENT, model: 'anthropic/claude-sonnet' }],
    ['an element less', { ...SENT, tags: ['a'] }],
    ['nothing', { ...SENT, instructions: '' }],
  ])('not with %s', (_, live) => {
    expect(holdsSent(SHAPES.assistant, SENT, live)).toBe(false);
  });

  it('where its secrets are kept as digests and the API hides them or does not', () => {
    const server = { name: 'CRM', type: 'http', url: 'https://mcp.example/', api_key_ref: 'key' };
    const sent = sealSecrets(SHAPES.mcp_server, server);
    expect(holdsSent(SHAPES.mcp_server, sent, server)).toBe(true);
    expect(holdsSent(SHAPES.mcp_server, sent, { ...server, url: 'https://other.example/' })).toBe(false);
  });
});

describe('another wording', () => {
  it('is every value of itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value));
        expect(isReworded(json, json)).toBe(true);
      }),
    );
  });

  it.each([
    [0.25, 0.3, true],
    [0.25, 0.4, false],
    [5, '5', true],
    [1000, 1, false],
    ['en', 'en-US', true],
    ['Good morning.', 'Good evening.', false],
    [true, false, false],
    [['a', 'b'], ['b', 'a', 'a'], true],
    [['a'], ['a', 'b'], false],
  ] as const)('of %j is %j: %s', (sent, got, expected) => {
    expect(isReworded(sent, got)).toBe(expected);
  });
});
