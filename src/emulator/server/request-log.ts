import type { RequestInfo, RequestLogEntry } from '../contract/contract.ts';

export interface RequestLog {
  /** Notes a request and answers its index. */
  arrive(request: RequestInfo): number;
  answer(index: number, status: number): void;
  entries(): readonly RequestLogEntry[];
}

/** Entries are kept at least until their request is answered, for the listener's sake. */
const IN_FLIGHT = 256;

/** Remembers the last `size` requests in order of arrival; the listener hears of each when it is answered. */
export function openRequestLog(
  size: number,
  listener: ((entry: RequestLogEntry) => void) | undefined,
): RequestLog {
  const entries = new Map<number, RequestLogEntry>();
  let next = 0;
  return {
    arrive: ({ method, path, query, body, idempotencyKey, headers }) => {
      const index = next;
      next += 1;
      const { authorization: _, ...shown } = headers;
      entries.set(index, { index, method, path, query, body, idempotencyKey, headers: shown, status: 0 });
      entries.delete(index - Math.max(size, IN_FLIGHT));
      return index;
    },
    answer: (index, status) => {
      const entry = entries.get(index);
      if (entry === undefined) return;
      const answered = { ...entry, status };
      entries.set(index, answered);
      listener?.(answered);
    },
    entries: () => (size === 0 ? [] : [...entries.values()].slice(-size)),
  };
}
