import type { Json, JsonObject } from '../../model/json.ts';
import type { Call } from './contract.ts';
import { invalid, type ValidationIssue } from './errors.ts';

interface Limits {
  readonly defaultSize: number;
  readonly maxSize: number;
}

/** Most AI lists: 20 by default, at most 100. */
export const PAGES: Limits = { defaultSize: 20, maxSize: 100 };
/** Assistants: 100 by default. */
export const ASSISTANT_PAGES: Limits = { defaultSize: 100, maxSize: 100 };
/** Insights and insight groups publish an exclusive maximum of 100. */
export const INSIGHT_PAGES: Limits = { defaultSize: 20, maxSize: 99 };
/** Older, non-AI lists: no maximum is published; clients ask for 250. */
export const CORE_PAGES: Limits = { defaultSize: 20, maxSize: 250 };

function readNumber(call: Call, name: string, otherwise: number, max: number): number | ValidationIssue {
  const raw = call.query[name];
  if (raw === undefined) return otherwise;
  const loc = ['query', name];
  const value = Number(raw);
  if (raw === '' || !Number.isInteger(value)) {
    return {
      loc,
      msg: 'Input should be a valid integer, unable to parse string as an integer',
      type: 'int_parsing',
    };
  }
  if (value < 1)
    return { loc, msg: 'Input should be greater than or equal to 1', type: 'greater_than_equal' };
  if (value > max)
    return { loc, msg: `Input should be less than or equal to ${max}`, type: 'less_than_equal' };
  return value;
}

interface Page {
  readonly items: readonly JsonObject[];
  readonly meta: JsonObject;
}

/** Cuts one page by `page[number]` (1-based) and `page[size]`; out-of-range values are a 422. */
export function cutPage(call: Call, items: readonly JsonObject[], limits: Limits): Page {
  const number = readNumber(call, 'page[number]', 1, Number.MAX_SAFE_INTEGER);
  const { defaultPageSize } = call.world.quirks;
  const defaultSize = defaultPageSize === 0 ? limits.defaultSize : defaultPageSize;
  const size = readNumber(call, 'page[size]', defaultSize, limits.maxSize);
  const issues = [number, size].filter((item) => typeof item !== 'number');
  if (typeof number !== 'number' || typeof size !== 'number') throw invalid(issues);
  const meta = {
    page_number: number,
    page_size: size,
    total_pages: Math.ceil(items.length / size),
    total_results: items.length,
  };
  return { items: items.slice((number - 1) * size, number * size), meta };
}

/** `{data, meta}` of one page, each item passed through `show`. */
export function pageOf(
  call: Call,
  items: readonly JsonObject[],
  limits: Limits = PAGES,
  show: (item: JsonObject) => Json = (item) => item,
): JsonObject {
  const { items: cut, meta } = cutPage(call, items, limits);
  const data = cut.map(show);
  return call.world.quirks.metaMissing ? { data } : { data, meta };
}
