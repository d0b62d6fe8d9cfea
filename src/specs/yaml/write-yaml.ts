/**
 * JSON to the YAML that a person would have written: block style, short references and lists on one line, texts of
 * several lines as blocks. What is written is read back; a value that would not come out the same is quoted.
 */
import { Document, isMap, isScalar, isSeq, Scalar, stringify, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { isObject, type Json, type JsonObject, jsonEqual } from '../../model/json.ts';
import { parseYaml } from './yaml-parse.ts';
import { yamlValue } from './yaml-value.ts';

const LINE = 100;

/** The text of a file with one document. `comment` becomes its first line. */
export function documentText(body: JsonObject, comment?: string): string {
  const head = comment === undefined ? '' : `# ${comment}\n`;
  return head + blockText(body);
}

/** A value in block style, with a line break at the end. Collections are never on the line of their key. */
export function blockText(value: Json, indent = 2): string {
  for (const dress of [pretty, quoted]) {
    const document = new Document(value, { version: '1.2', schema: 'core', aliasDuplicateObjects: false });
    dress(document);
    const text = document.toString({ lineWidth: LINE, indent, flowCollectionPadding: true });
    const tight = text.replace(/^(\s*(?:- )?[\w-]+: )\[ (.*) \]$/gm, '$1[$2]');
    if (readsAs(tight, value)) return tight;
    if (readsAs(text, value)) return text;
  }
  // JSON is YAML.
  return `${JSON.stringify(value)}\n`;
}

/** A value on one line, as it may stand between other members of `[…]` and `{…}`. */
export function flowText(value: Json): string {
  const text = stringify([value], {
    version: '1.2',
    schema: 'core',
    collectionStyle: 'flow',
    lineWidth: 0,
    aliasDuplicateObjects: false,
    blockQuote: false,
    flowCollectionPadding: false,
  }).trim();
  const plain = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1).trim() : '';
  const usable = plain !== '' && !plain.includes('\n') && readsAs(`[${plain}]\n`, [value]);
  return usable ? padded(plain) : JSON.stringify(value);
}

/** `{ a: 1 }` as the rest of the project writes it. */
function padded(text: string): string {
  return /^\{[^{}'"]+\}$/.test(text) ? `{ ${text.slice(1, -1).trim()} }` : text;
}

/** True when a text is YAML that reads as the value and as nothing else. */
export function readsAs(text: string, value: Json): boolean {
  const { documents, problems } = parseYaml(text);
  const [document, second] = documents;
  if (document === undefined || second !== undefined || problems.length > 0) return false;
  if (document.errors.length > 0) return false;
  const read = yamlValue(document.contents, text);
  return read.problems.length === 0 && jsonEqual(read.value, value);
}

function pretty(document: Document): void {
  quoteMergeKeys(document);
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value !== 'string' || node.type !== undefined) return;
      if (isTrap(node.value)) node.type = Scalar.QUOTE_DOUBLE;
      else if (node.value.includes('\n')) node.type = Scalar.BLOCK_LITERAL;
      else if (node.value.length > LINE - 20 && isProse(node.value)) node.type = Scalar.BLOCK_FOLDED;
    },
    Map: (key, node) => {
      if (key !== null && isShort(node)) node.flow = true;
    },
    Seq: (key, node) => {
      if (key !== null && isShort(node)) node.flow = true;
    },
  });
}

/**
 * Words that YAML 1.1 takes for something else, which other readers of the file still speak: `yes`, `off`, `1_000`,
 * `12:30`; and texts with a tab, which some of them refuse.
 */
function isTrap(text: string): boolean {
  if (text.includes('\t') && !text.includes('\n')) return true;
  return YAML_1_1_WORD.test(text) || YAML_1_1_NUMBER.test(text);
}

const YAML_1_1_WORD = /^(?:y|n|yes|no|on|off|true|false|null|~|<<|=)$/i;
const YAML_1_1_NUMBER =
  /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-f_]+|[\d_]+(?:\.[\d_]*)?(?:e[-+]?\d+)?|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?)$/i;

function quoted(document: Document): void {
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string') node.type = Scalar.QUOTE_DOUBLE;
    },
  });
}

/** A plain `<<` would be taken for the merge key. */
function quoteMergeKeys(document: Document): void {
  visit(document, {
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && pair.key.value === '<<') pair.key.type = Scalar.QUOTE_DOUBLE;
    },
  });
}

/** A sentence that folding cannot change: single blanks between words. */
function isProse(text: string): boolean {
  return /^\S+( \S+)+$/.test(text);
}

/** References, and lists of references or a few words. */
function isShort(node: YAMLMap | YAMLSeq): boolean {
  const value: unknown = node.toJSON();
  const one = isMap(node) && isObject(value) && isPointer(value);
  const few = isSeq(node) && Array.isArray(value) && value.length > 0 && value.every(isWord);
  return (one || few) && JSON.stringify(value).length < 72;
}

function isWord(value: unknown): boolean {
  if (isObject(value)) return isPointer(value);
  return typeof value === 'string' && /^[\w./@:+-]+(?: [\w./@:+-]+)*$/.test(value);
}

function isPointer(value: JsonObject): boolean {
  const [key, second] = Object.keys(value);
  return second === undefined && (key === '$ref' || key === '$file');
}
