/** What plans say of values that the API keeps otherwise than they were sent. */

import { differencesFrom } from '../canonical/differences.ts';
import { shapeAt } from '../canonical/edit.ts';
import { valueAtPath } from '../canonical/walk.ts';
import type { Address } from '../model/address.ts';
import { hideCredentials } from '../model/credentials.ts';
import type { DesiredResource } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { SHAPES } from '../model/generated/shapes.ts';
import { fromPointer, type Json, type JsonObject, toPointer } from '../model/json.ts';
import type { ValueForm } from '../model/own-form.ts';
import type { ObjectShape } from '../model/shape.ts';

const MOST_CHARACTERS = 60;

/** One remark for all values of a resource that are new in another spelling; one for each that is not in force. */
export function formNotes(
  { address, kind, spec }: DesiredResource,
  forms: readonly ValueForm[] | undefined,
): readonly Diagnostic[] {
  const written = (forms ?? []).filter((form) => isWritten(SHAPES[kind], form, spec));
  const respelled = written.filter(({ how, told }) => how === undefined && told !== true);
  return [
    ...(respelled.length === 0 ? [] : [respelledNote(address, respelled)]),
    ...written.flatMap((form) => (form.how === undefined ? [] : [notInForce(address, form)])),
  ];
}

/** False when Git has another value by now. */
function isWritten(shape: ObjectShape, { at, sent }: ValueForm, spec: JsonObject): boolean {
  const path = fromPointer(at);
  const value = valueAtPath(shape, spec, path);
  // An element that came back under another key is not found under that key; nor is anything below it.
  return value === undefined || differencesFrom(shapeAt(shape, spec, path), sent, value).length === 0;
}

function respelledNote(address: Address, forms: readonly ValueForm[]): Diagnostic {
  const words = forms.map((form) => {
    const { at, sent, got, sent_as: sentAs } = form;
    if (sentAs === undefined) return `${shownValue(at, got)} of ${shownValue(at, sent)} at ${at}`;
    const path = fromPointer(at);
    return `${JSON.stringify(path.at(-1))} of ${JSON.stringify(sentAs)} at ${toPointer(path.slice(0, -1))}`;
  });
  return {
    severity: 'info',
    code: 'OWN_FORM',
    message: `${address}: the API made ${words.join('; ')}. It is taken for what was sent from now on`,
    address,
    ...(forms[0] !== undefined && { pointer: forms[0].at }),
  };
}

function notInForce(address: Address, { at, sent, got, how }: ValueForm): Diagnostic {
  if (how === 'dropped') {
    return {
      severity: 'warning',
      code: 'FIELD_DROPPED',
      message: `${address}: not in force: the API does not know ${at}`,
      address,
      pointer: at,
      hint: 'it is sent again with the next change; take it out of the spec, or look up its name',
    };
  }
  return {
    severity: 'warning',
    code: 'VALUE_NOT_TAKEN',
    message: `${address}: not in force: ${shownValue(at, sent)} was sent for ${at}, and the API keeps ${shownValue(at, got)}`,
    address,
    pointer: at,
    hint: 'write the value that the API keeps into the spec, or another one that it takes',
    caution: true,
  };
}

function shownValue(at: string, value: Json): string {
  const text = JSON.stringify(hideCredentials(value, fromPointer(at)));
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
