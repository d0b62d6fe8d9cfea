import { ApiFailure } from '../contract/errors.ts';

export interface RateWindow {
  /** Counts one request; 429 with `Retry-After` when the window is full. */
  take(): void;
  /** The `x-ratelimit-*` headers of the Telnyx API; reset is in seconds. */
  headers(): Readonly<Record<string, string>>;
}

const UNLIMITED = { limit: 1000, windowMs: 1000 };

/** Counts requests in fixed windows. Without limits nothing is refused and the headers show ample room. */
export function openRateWindow(
  limits: { readonly limit: number; readonly windowMs: number } | undefined,
  now: () => number,
): RateWindow {
  const { limit, windowMs } = limits ?? UNLIMITED;
  let start = now();
  let used = 0;
  const roll = (): void => {
    if (now() - start < windowMs) return;
    start = now();
    used = 0;
  };
  const resetSeconds = (): number => Math.max(1, Math.ceil((start + windowMs - now()) / 1000));
  const headers = (): Readonly<Record<string, string>> => ({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(limits === undefined ? limit - 1 : Math.max(0, limit - used)),
    'x-ratelimit-reset': String(resetSeconds()),
  });
  return {
    take: () => {
      roll();
      used += 1;
      if (limits === undefined || used <= limit) return;
      const detail = 'You have exceeded the maximum number of allowed requests.';
      const body = { errors: [{ code: '10011', title: 'Too many requests', detail }] };
      throw new ApiFailure(429, body, { 'retry-after': String(resetSeconds()) });
    },
    headers,
  };
}
