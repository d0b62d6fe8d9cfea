import { isObject, type Json } from '../../model/json.ts';

/** The account's phone numbers. Source: the public numbers API, `GET /phone_numbers`. */

export const PHONE_NUMBERS_PATH = '/phone_numbers';

/** Brackets are percent-encoded: raw ones have been answered with 503. */
export function numbersOf(applicationId: string): string {
  return `filter%5Bconnection_id%5D=${encodeURIComponent(applicationId)}`;
}

function itself(text: string): string {
  return text;
}

/** How the list is read: an entry is its E.164 number. */
export const PHONE_NUMBERS = {
  paging: 'meta',
  decode: (value: Json): string | undefined =>
    isObject(value) && typeof value.phone_number === 'string' ? value.phone_number : undefined,
  identify: itself,
  content: itself,
} as const;
