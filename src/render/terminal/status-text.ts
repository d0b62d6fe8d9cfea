import type { JsonObject } from '../../model/json.ts';
import type { Plan } from '../../model/plan.ts';
import { shortTime } from '../../model/short-time.ts';
import type { LookedUp, StatusReport } from '../../model/status.ts';
import { isEmpty, planCounts, verdict } from './plan-headline.ts';
import { nextCommands, shortCommit, shortDigest } from './plan-words.ts';
import { count, finish, paint, paragraph, type Style } from './style.ts';
import { shellWord } from './visible.ts';
import { padEnd } from './width.ts';

/** Where an environment stands, in ten lines: one a subject, what could not be read with its reason. */
export function renderStatus(report: StatusReport, style: Style): string {
  const rows: readonly (readonly [subject: string, text: string])[] = [
    ['project', `${report.project}, specs in ${report.specs}/`],
    ['environment', environmentText(report)],
    ['git', gitText(report)],
    ['documents', documentsText(report)],
    ['account', accountText(report)],
    ['state', found(report.state, ({ location, bound }) => `${location}: ${count(bound, 'resource')} bound`)],
    ['lease', found(report.holder, (holder) => (holder === null ? 'free' : holderText(holder)))],
    ['plan', found(report.plan, (plan) => (isEmpty(plan) ? verdict(plan) : planCounts(plan)))],
    ['pending', found(report.plan, ({ pending = [], holds = [] }) => pendingText(pending, holds))],
    ['next', statusNext(report)],
  ];
  const width = Math.max(...rows.map(([subject]) => subject.length)) + 2;
  return finish(
    rows.flatMap(([subject, text]) =>
      paragraph(style, text, width).map((line, index) =>
        index === 0 ? paint(style, 'bold', padEnd(subject, width)) + line.slice(width) : line,
      ),
    ),
  );
}

function environmentText({ environment, environments, protected: guarded }: StatusReport): string {
  const others = environments.filter((name) => name !== environment);
  const also =
    others.length === 0 ? '' : `; there ${others.length === 1 ? 'is' : 'are'} also ${others.join(', ')}`;
  return `${environment}${guarded ? ', protected' : ''}${also}`;
}

const POSITIONS = {
  behind: 'older than the last applied commit',
  parted: 'on another history than the last applied commit',
  unknown: 'not to be compared with the last applied commit',
} as const;

function gitText({ git, plan }: StatusReport): string {
  if (git === null) return 'no repository';
  const branch = git.branch === null ? '' : ` on ${git.branch}`;
  const behind = plan.known ? plan.value.behind : undefined;
  const position =
    behind === undefined ? '' : `, ${POSITIONS[behind.relation]} (${behind.applied.slice(0, 7)})`;
  const dirty = git.dirty ? ', with changes that are not committed' : '';
  return `commit ${shortCommit(git)}${branch}${position}${dirty}`;
}

function documentsText({ documents, errors, warnings }: StatusReport): string {
  const problems = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  return `${count(documents, 'document')}${problems.length === 0 ? '' : `, ${problems.join(', ')}`}`;
}

function accountText({ keyVariable, plan }: StatusReport): string {
  if (keyVariable === null) return 'the embedded API, on this machine';
  const key = `key from ${keyVariable}`;
  if (!plan.known) return `${key}; not read`;
  return `${plan.value.api_base}, ${key}, account ${shortDigest(plan.value.account)}`;
}

function holderText({
  holder,
  host,
  acquired_at: since,
}: {
  holder: string;
  host: string;
  acquired_at: string;
}): string {
  return `held by ${holder} on ${host} since ${shortTime(since)}`;
}

function pendingText(
  pending: readonly { readonly what: 'promotion' | 'rollout' }[],
  holds: NonNullable<Plan['holds']>,
): string {
  const waiting = pending.filter(({ what }) => what === 'promotion').length;
  const open = pending.length - waiting;
  const parts = [
    ...(waiting > 0 ? [`${count(waiting, 'version')} staged, waiting for promote`] : []),
    ...(open > 0 ? [`${count(open, 'rollout')} open`] : []),
    ...holds.map(
      ({ address, cause, reason }) =>
        `${address} held: ${cause === 'rollback' ? reason : `aborted: ${reason}`}`,
    ),
  ];
  return parts.length === 0 ? 'nothing waits' : parts.join(', ');
}

function found<Value>(finding: LookedUp<Value>, text: (value: Value) => string): string {
  return finding.known ? text(finding.value) : `not known: ${finding.reason}`;
}

/** The one command that is most useful now. */
export function statusNext(report: StatusReport): string {
  const line = (...words: readonly string[]): string =>
    ['assistantctl', ...words, '--env', report.environment].map(shellWord).join(' ');
  const { plan } = report;
  if (report.errors > 0) return line('validate');
  if (!plan.known)
    return plan.code === 'KEY_MISSING' ? `set the variable ${report.keyVariable}` : line('plan');
  if (report.documents === 0) return line('pull', '--adopt');
  const [next] = nextCommands(plan.value, { protected: report.protected });
  if (next !== undefined && isEmpty(plan.value)) return next;
  if (next !== undefined) return line('plan');
  const [held] = plan.value.holds ?? [];
  if (held === undefined) return 'nothing to do';
  const approve = report.protected ? ['--approve', report.environment] : [];
  return `change ${held.address} in Git, or bring it again: ${line('apply', '--release-hold', held.address, ...approve)}`;
}

/** The same for programs. */
export function statusJson(report: StatusReport): JsonObject {
  const { plan, state, holder } = report;
  return {
    format_version: '1.0',
    project: report.project,
    environment: report.environment,
    environments: report.environments,
    protected: report.protected,
    git: report.git === null ? null : { ...report.git },
    documents: { count: report.documents, errors: report.errors, warnings: report.warnings },
    account: {
      key_variable: report.keyVariable,
      api_base: plan.known ? plan.value.api_base : null,
      account: plan.known ? plan.value.account : null,
    },
    state: state.known ? { ...state.value } : unknown(state),
    lease: holder.known ? (holder.value === null ? null : { ...holder.value }) : unknown(holder),
    plan: plan.known
      ? { plan_digest: plan.value.plan_digest, summary: { ...plan.value.summary } }
      : unknown(plan),
    pending: plan.known
      ? (plan.value.pending ?? []).map(({ address, what, version_id }) => ({ address, what, version_id }))
      : null,
    holds: plan.known ? (plan.value.holds ?? []).map((hold) => ({ ...hold })) : null,
    behind: plan.known && plan.value.behind !== undefined ? { ...plan.value.behind } : null,
    next: statusNext(report),
  };
}

function unknown({ code, reason }: LookedUp<unknown> & { known: false }): JsonObject {
  return { error: { code, message: reason } };
}
