import { compareNaturally } from '../../model/natural-order.ts';
import { shortTime } from '../../model/short-time.ts';
import type { Binding, LeaseHolder, State } from '../../model/state.ts';
import { columns, count, finish, paint, paragraph, type Style } from './style.ts';
import { yamlLines } from './value.ts';
import { visible } from './visible.ts';

/** What the state remembers, for `state list` and `state show`. Secrets are digests there and stay hidden here. */

function stagedText(binding: Binding): string {
  if (binding.staged_version_id !== null) return `staged ${visible(binding.staged_version_id)}`;
  return binding.base === null ? 'imported, not applied yet' : '';
}

/** All bindings as a table; says so when there are none or the environment was never applied. */
export function renderStateList(state: State | undefined, style: Style): string {
  if (state === undefined) return 'No state yet: this environment was never applied.\n';
  const bindings = Object.entries(state.resources).toSorted(([a], [b]) => compareNaturally(a, b));
  const head = `${state.project}, ${state.environment}: ${count(bindings.length, 'resource')}, serial ${state.serial}`;
  const rows = columns(
    [
      ...(bindings.length > 0 ? [['ADDRESS', 'REMOTE ID', 'MAIN VERSION', 'UPDATED', '']] : []),
      ...bindings.map(([address, binding]) => [
        visible(address),
        visible(binding.remote_id),
        visible(binding.main_version_id ?? '-'),
        visible(shortTime(binding.updated_at)),
        stagedText(binding),
      ]),
    ],
    style,
  );
  return finish([
    ...paragraph(style, head, 0, 'bold'),
    ...rows.map((row, index) => (index === 0 ? paint(style, 'dim', row) : row)),
    ...(state.deleted.length > 0
      ? paragraph(style, `${count(state.deleted.length, 'deleted resource')} kept as a copy`, 0, 'dim')
      : []),
  ]);
}

/** One binding with its base; undefined when the state has no such address. */
export function renderStateShow(state: State, address: string, style: Style): string | undefined {
  if (!Object.hasOwn(state.resources, address)) return undefined;
  const binding = state.resources[address];
  if (binding === undefined) return undefined;
  const facts = columns([
    ['  remote id', visible(binding.remote_id)],
    ...(binding.main_version_id === null ? [] : [['  main version', visible(binding.main_version_id)]]),
    ...(binding.staged_version_id === null ? [] : [['  staged version', visible(binding.staged_version_id)]]),
    ['  updated', visible(shortTime(binding.updated_at))],
    ...(binding.prevent_destroy ? [['  protected', 'prevent_destroy']] : []),
    ...(binding.foreign.length > 0 ? [['  left alone', binding.foreign.map(visible).join(', ')]] : []),
  ]);
  const base =
    binding.base === null
      ? ['  base: none, it was imported and not applied yet']
      : ['  base (as last applied)', ...yamlLines(binding.base).map((line) => `    ${visible(line)}`)];
  return finish([paint(style, 'bold', visible(address)), ...facts, ...base]);
}

/** Who is at work on the environment, or that nobody is. */
export function renderLease(holder: LeaseHolder | undefined, style: Style): string {
  if (holder === undefined) return 'Not locked.\n';
  const run = holder.run === null ? '' : `, run ${holder.run}`;
  const who = `Locked by ${holder.holder} on ${holder.host} (process ${holder.pid}${run})`;
  const when = `since ${shortTime(holder.acquired_at)}, lease ends ${shortTime(holder.expires_at)}.`;
  return finish(paragraph(style, `${who} ${when}`, 0));
}
