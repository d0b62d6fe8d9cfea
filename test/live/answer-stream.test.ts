import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerReader, pieceOf } from '../../src/live/telnyx/answer-stream.ts';

/** The pieces and the whole of an answer whose text arrives in these portions. */
function read(...portions: readonly string[]) {
  const pieces: string[] = [];
  const reader = answerReader((piece) => pieces.push(piece));
  for (const portion of portions) reader.push(portion);
  return { whole: reader.end(), pieces };
}

describe('answers of an assistant', () => {
  it.each<[string, string, string | undefined]>([
    ['events with content', 'data: {"content":"Hel"}\n\ndata: {"content":"lo"}\n\ndata: [DONE]\n\n', 'Hello'],
    ['events of another platform', 'data: {"choices":[{"delta":{"content":"Hi"}}]}\r\n\r\n', 'Hi'],
    ['events of plain text', 'event: piece\ndata: Hi\n\n', 'Hi'],
    ['no stream at all', '{"content":"Hello"}', 'Hello'],
    ['a wrapped answer', '{"data":{"content":"Hello"}}', 'Hello'],
    ['the last event without its line break', 'data: {"content":"Hi"}', 'Hi'],
    ['events without text', 'data: {"type":"ping"}\n\n: comment\n\n', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, whole) => {
    expect(read(text).whole).toBe(whole);
    expect(read(...text).pieces.join('')).toBe(whole ?? '');
  });

  it('are the same however the text is cut', () => {
    const events = 'data: {"content":"One "}\n\ndata: {"content":"two\\nthree"}\n\ndata: [DONE]\n\n';
    fc.assert(
      fc.property(fc.array(fc.nat(events.length)), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), events.length];
        const portions = places.slice(1).map((end, index) => events.slice(places[index], end));
        expect(read(...portions)).toEqual({ whole: 'One two\nthree', pieces: ['One ', 'two\nthree'] });
      }),
    );
  });

  it('are taken from whatever JSON comes, without an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const piece = pieceOf(JSON.parse(JSON.stringify(value)));
        expect(['string', 'undefined']).toContain(typeof piece);
      }),
    );
  });
});
