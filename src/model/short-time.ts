/**
 * `2026-11-23T12:00:00.000Z` as `2026-11-23 12:00 UTC`, however UTC is written; a time without a zone is in UTC, as
 * all times of the API are. Anything else as it is.
 */
export function shortTime(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]00:?00)?$/.exec(time);
  return match === null ? time : `${match[1]} ${match[2]} UTC`;
}
