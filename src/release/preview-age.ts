import type { Trace } from './preview-traces.ts';

/**
 * Traces of the previews that have nothing made at or after a time (milliseconds since the epoch), and the ids of
 * those whose age the API does not tell.
 */
export function forgotten(
  traces: readonly Trace[],
  before: number,
): { readonly old: readonly Trace[]; readonly unknown: readonly string[] } {
  const youngest = new Map<string, number>();
  for (const { preview, createdAt } of traces) {
    const time = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
    const known = youngest.get(preview) ?? Number.NEGATIVE_INFINITY;
    youngest.set(preview, Number.isNaN(time) ? known : Math.max(known, time));
  }
  const unknown = [...youngest].filter(([, time]) => time === Number.NEGATIVE_INFINITY).map(([id]) => id);
  const old = traces.filter(({ preview }) => {
    const time = youngest.get(preview) ?? Number.POSITIVE_INFINITY;
    return time !== Number.NEGATIVE_INFINITY && time < before;
  });
  return { old, unknown };
}
