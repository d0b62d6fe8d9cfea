/** Whether a `{ $ref }` has the form that its field takes; whether it leads anywhere is a rule over all documents. */
import { isKind, KEY_PATTERN, type RefKind, type RefTarget } from '../../model/address.ts';
import type { JsonObject } from '../../model/json.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Finding } from '../problems/problem.ts';

/** `target` is the text of the reference with variables filled in, `wanted` the kind that the field takes. */
export function checkReference(
  value: JsonObject,
  target: string,
  wanted: RefKind | undefined,
): Pick<Finding, 'code' | 'message' | 'hint'> | { readonly target: RefTarget } {
  if (Object.keys(value).length > 1)
    return { code: 'REF_INVALID', message: '$ref stands alone in its mapping' };
  const slash = target.indexOf('/');
  const kind = target.slice(0, Math.max(0, slash));
  const key = target.slice(slash + 1);
  if (slash < 0 || key === '') {
    const example = `${wanted ?? 'tool'}/${key === '' ? 'some-key' : key}`;
    return { code: 'REF_INVALID', message: `${target} is no reference`, hint: `write ${example}` };
  }
  if (wanted !== undefined && kind !== wanted) {
    const message = `a reference to ${article(wanted)} is needed here, found ${target}`;
    // `tools/x`, `Tool/x`: only the kind is spelled otherwise.
    const slip = !isKind(kind) && kind !== 'integration' && KEY_PATTERN.test(key);
    return { code: 'REF_KIND', message, hint: `write { $ref: ${wanted}/${slip ? key : '…'} }` };
  }
  if (kind === 'integration') return { target: `integration/${key}` };
  if (!isKind(kind) || kind === 'test') {
    return {
      code: 'REF_INVALID',
      message: `${target} is no reference to an assistant, tool, MCP server, insight or group`,
    };
  }
  if (!KEY_PATTERN.test(key))
    return { code: 'REF_INVALID', message: `${key} is no key; keys hold a-z, 0-9 and -` };
  return { target: `${kind}/${key}` };
}

function article(kind: RefKind): string {
  const noun = kind === 'integration' ? kind : KINDS[kind].noun;
  return kind === 'tool' ? `a ${noun}` : `an ${noun}`;
}
