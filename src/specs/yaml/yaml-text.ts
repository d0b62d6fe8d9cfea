/** Pieces of YAML text that fit into a place of an existing file: its indentation, quoting and line ends. */
import { Document, Scalar } from 'yaml';
import { isObject, type Json } from '../../model/json.ts';
import { blockText, flowText } from './write-yaml.ts';

export type ScalarType = Scalar.Type;

/** A scalar on one line in the style of the one it replaces; undefined when it needs several lines. */
export function inlineScalar(value: Json, type: ScalarType | undefined, flow: boolean): string | undefined {
  if (typeof value === 'object' && value !== null) return undefined;
  if (typeof value !== 'string') return String(value);
  if (value.includes('\n')) return type === Scalar.QUOTE_DOUBLE ? JSON.stringify(value) : undefined;
  const quoted = type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE;
  const scalar = new Scalar(value);
  scalar.type = quoted ? type : Scalar.PLAIN;
  const document = new Document([scalar], { version: '1.2', schema: 'core' });
  const collectionStyle = flow ? 'flow' : 'block';
  const options = { lineWidth: 0, blockQuote: false, flowCollectionPadding: false, collectionStyle } as const;
  const text = document.toString(options).trim();
  const inner = flow ? text.slice(1, -1) : text.slice(1);
  return inner.includes('\n') ? flowText(value) : inner.trim();
}

/** A block scalar below a key at a column: header and lines, without the last line break. */
export function blockScalar(value: string, type: ScalarType, column: number, step: number): string {
  const scalar = new Scalar(value);
  scalar.type = type;
  const document = new Document({ k: scalar }, { version: '1.2', schema: 'core' });
  const text = document.toString({ lineWidth: 100, indent: step });
  return shifted(text.slice('k: '.length), column);
}

/** What stands after `key:` in block style, from the blank or line break on. */
export function afterKey(value: Json, column: number, step: number): string {
  return shifted(blockText({ k: value }, step).slice('k:'.length), column);
}

/** What stands after `- ` in block style. */
export function afterDash(value: Json, column: number, step: number): string {
  const text =
    isObject(value) && Object.keys(value).some((key) => !key.startsWith('$'))
      ? asItem(value, step)
      : blockText([value], 2);
  return shifted(text.slice('- '.length), column);
}

function asItem(value: Json, step: number): string {
  const [first = '', ...rest] = blockText(value, step).split('\n');
  return [`- ${first}`, ...rest.map((line) => (line === '' ? line : `  ${line}`))].join('\n');
}

function shifted(text: string, column: number): string {
  const [first = '', ...rest] = text.replace(/\n$/, '').split('\n');
  const pad = ' '.repeat(column);
  return [first, ...rest.map((line) => (line === '' ? line : pad + line))].join('\n');
}
