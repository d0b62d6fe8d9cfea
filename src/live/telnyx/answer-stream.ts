/** Answers of an assistant as they come over the wire: one JSON object, or server-sent events with pieces of text. */
import { isArray, isObject, type Json } from '../../model/json.ts';
import { parseJson } from '../http/parse.ts';

/** Takes the text of a reply in any portions and hands on the pieces of the answer. */
export interface AnswerReader {
  push(text: string): void;
  /** The whole answer; undefined when nothing of an answer was in the text. */
  end(): string | undefined;
}

/** Reads `text/event-stream`: `data:` lines with `{ content }`, the chat form of other platforms, or plain text. */
export function answerReader(onPiece: (piece: string) => void): AnswerReader {
  let rest = '';
  let raw = '';
  let answer: string | undefined;
  const line = (text: string): void => {
    if (!text.startsWith('data:')) return;
    const data = text.slice('data:'.length).replace(/^ /, '');
    if (data === '[DONE]') return;
    const json = parseJson(data);
    const piece = json === undefined ? data : pieceOf(json);
    if (piece === undefined || piece === '') return;
    answer = (answer ?? '') + piece;
    onPiece(piece);
  };
  return {
    push: (text) => {
      raw += text;
      rest += text;
      const lines = rest.split(/\r?\n/);
      rest = lines.pop() ?? '';
      lines.forEach(line);
    },
    end: () => {
      line(rest);
      rest = '';
      if (answer !== undefined) return answer;
      // A server without streaming answers in one piece.
      const whole = parseJson(raw);
      const said = whole === undefined ? undefined : pieceOf(whole);
      if (said !== undefined) onPiece(said);
      return said;
    },
  };
}

/** The text of an answer or of a piece of one; undefined when there is none. */
export function pieceOf(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  if (typeof value.content === 'string') return value.content;
  if (isObject(value.data)) return pieceOf(value.data);
  const [choice] = isArray(value.choices) ? value.choices : [];
  if (!isObject(choice)) return undefined;
  return isObject(choice.delta) ? pieceOf(choice.delta) : pieceOf(choice.message ?? null);
}
