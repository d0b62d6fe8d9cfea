import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ErrorKind, Failure } from '../../model/errors.ts';

/** Which kind of refusal names the whole, where there are several. */
const FIRST: readonly ErrorKind[] = ['spec', 'usage', 'stale', 'refused'];

/** One failure that says everything that stands against an apply; undefined when nothing does. */
export function joinReasons(found: readonly Failure[]): Failure | undefined {
  const reasons = withoutTwins(found);
  const [only, ...more] = reasons;
  if (only === undefined || more.length === 0) return only;
  const kind = FIRST.find((candidate) => reasons.some((reason) => reason.kind === candidate)) ?? only.kind;
  const leading = reasons.find((reason) => reason.kind === kind) ?? only;
  const lines = reasons.map(({ code, message }) => `- ${code}: ${message.replaceAll('\n', '\n  ')}`);
  const merged = Object.assign({}, ...reasons.map(({ details }) => details));
  return new Failure(kind, `the plan is not applied\n${lines.join('\n')}`, {
    code: leading.code,
    ...(leading.hint !== undefined && { hint: leading.hint }),
    diagnostics: reasons.flatMap(({ diagnostics }) => diagnostics),
    details: {
      ...merged,
      refusals: reasons.map(({ kind, code, message, hint }) => ({ kind, code, message, hint: hint ?? null })),
    },
  });
}

/** An obstacle that the diagnostics of the plan name too is one reason, of the kind that stands first. */
function withoutTwins(reasons: readonly Failure[]): readonly Failure[] {
  const same = (one: Failure, other: Failure) => one.code === other.code && one.message === other.message;
  return reasons.filter((reason, at) => reasons.findIndex((other) => same(other, reason)) === at);
}

/** Each refusal of a plan as a failure of its own. */
export function asFailures(diagnostics: readonly Diagnostic[]): readonly Failure[] {
  return diagnostics.map(
    (found) =>
      new Failure('refused', found.message, {
        code: found.code,
        ...(found.hint !== undefined && { hint: found.hint }),
        diagnostics: [found],
      }),
  );
}
