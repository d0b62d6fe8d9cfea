import type { ConflictEntry, PendingEntry, Plan, PlanSummary } from '../../model/plan.ts';
import { shortTime } from '../../model/short-time.ts';
import { type AlikeChanges, type AlikeDrift, alike, alikeDrift } from '../plan/alike.ts';
import { marksOf, type ReviewExtra, reviewCautions } from '../plan/plan-extra.ts';
import { pathText } from '../terminal/field-text.ts';
import { pendingNote, verdict } from '../terminal/plan-headline.ts';
import {
  actionWords,
  applyCommand,
  CHANGE_GROUPS,
  cautions,
  changesOf,
  command,
  driftLeft,
  groupOf,
  newFields,
  nextCommands,
  orphansLeft,
  otherDiagnostics,
  promotionNote,
  shortCommit,
} from '../terminal/plan-words.ts';
import { count } from '../terminal/style.ts';
import { codeMarkup, escapeMarkup } from './escape.ts';
import { fieldsMarkup, newValuesMarkup } from './fields.ts';
import { renderPage } from './page.ts';
import { graphMarkup, radiusMarkup, section, testsMarkup } from './review.ts';

/** A plan as one page to read in a browser. */

/** As many changes as this are unfolded at first. */
const UNFOLDED = 8;

const TILES = [
  'create',
  'move',
  'adopt',
  'takeover',
  'update',
  'delete',
  'promote',
  'unchanged',
  'drift',
  'conflict',
  'orphan',
] as const;

const TILE_WORDS: { readonly [tile in (typeof TILES)[number]]: string } = {
  create: 'to create',
  move: 'to move',
  adopt: 'to adopt',
  takeover: 'to take over',
  update: 'to update',
  delete: 'to delete',
  promote: 'to promote',
  unchanged: 'unchanged',
  drift: 'changed outside Git',
  conflict: 'in conflict',
  orphan: 'without a spec',
};

function tiles(summary: PlanSummary): string {
  const always = new Set<string>(['create', 'update', 'delete', 'promote', 'unchanged']);
  const items = TILES.filter((name) => always.has(name) || summary[name] > 0).map(
    (name) =>
      `<li class="${summary[name] === 0 ? 'zero' : name}"><b>${summary[name]}</b><span>${TILE_WORDS[name]}</span></li>`,
  );
  return `<ul class="tiles">${items.join('')}</ul>`;
}

function alert(title: string, lines: readonly string[], bad: boolean): string {
  if (lines.length === 0) return '';
  const items = lines.map((line) => `<li>${escapeMarkup(line)}</li>`).join('');
  return `<div class="alert${bad ? ' bad' : ''}" role="note"><h2>${title}</h2><ul>${items}</ul></div>`;
}

function problemLines(plan: Plan): {
  readonly errors: readonly string[];
  readonly remarks: readonly string[];
} {
  const lines = (severity: string): readonly string[] =>
    otherDiagnostics(plan)
      .filter((diagnostic) => diagnostic.severity === severity)
      .map(({ code, message, position, address }) => {
        const place =
          position === undefined ? (address ?? '') : `${position.file}:${position.line}:${position.column}`;
        return `${code} ${place} ${message}`;
      });
  return { errors: lines('error'), remarks: [...lines('warning'), ...lines('info')] };
}

/** What is beside the point, folded in below the changes. */
function remarkDetails(plan: Plan): string {
  const { remarks } = problemLines(plan);
  if (remarks.length === 0) return '';
  const items = remarks.map((line) => `<li>${escapeMarkup(line)}</li>`).join('');
  const title = count(remarks.length, 'warning or remark', 'warnings and remarks');
  return `<details class="remarks"><summary>${title}</summary><ul>${items}</ul></details>`;
}

function header(plan: Plan, extra: ReviewExtra): string {
  const { git } = plan;
  const from =
    git === null ? 'without Git' : `${shortCommit(git, 12)}${git.branch === null ? '' : ` on ${git.branch}`}`;
  const nothing = plan.changes.length > 0 ? ' Nothing has been applied.' : '';
  return (
    `<header><p class="meta"><span class="pill env">${escapeMarkup(plan.environment)}</span> ${escapeMarkup(plan.project)} · ${escapeMarkup(from)} · ${escapeMarkup(shortTime(plan.created_at))}</p>` +
    `<h1>${escapeMarkup(verdict(plan))}${nothing}</h1>${tiles(plan.summary)}` +
    alert(
      'Conflicts',
      plan.conflicts.length > 0 ? ['Nothing can be applied until they are settled.'] : [],
      true,
    ) +
    alert('Caution', [...cautions(plan, extra), ...reviewCautions(extra)], true) +
    `${alert('Errors', problemLines(plan).errors, true)}</header>`
  );
}

interface Entry {
  readonly mark: string;
  /** Words for the mark, where they differ from it. */
  readonly label?: string;
  readonly address: string;
  readonly note: string;
  readonly body: string;
}

function entryMarkup({ mark, label = mark, address, note, body }: Entry, open: boolean): string {
  return `<details class="change"${open ? ' open' : ''}><summary><span class="pill ${mark}">${label}</span> <b>${codeMarkup(address)}</b> <span class="why">${escapeMarkup(note)}</span></summary><div>${body}</div></details>`;
}

function alikeMarkup(addresses: readonly string[]): string {
  return addresses.length === 1 ? '' : `<p>${addresses.map(codeMarkup).join(', ')}</p>`;
}

/** The line of an entry that stands for several resources. */
function alikeNote(addresses: readonly string[], note: string): string {
  const others = addresses.length === 1 ? '' : `and ${addresses.length - 1} alike`;
  return [others, note].filter((part) => part !== '').join(' · ');
}

function changeEntry({ change, addresses }: AlikeChanges): Entry {
  const { address, action, reason, live_version_id: version } = change;
  const main = promotionNote(change);
  const against = version === null || addresses.length > 1 ? '' : ` · main so far: ${codeMarkup(version)}`;
  const lead = `<p class="note">${escapeMarkup(reason)}${against}</p>`;
  const fields =
    action === 'create' ? newValuesMarkup(newFields(change.fields)) : fieldsMarkup(change.fields);
  const mark = groupOf(change);
  const note = alikeNote(addresses, main);
  return { mark, label: actionWords(change), address, note, body: alikeMarkup(addresses) + lead + fields };
}

function driftEntry(plan: Plan, { entry, addresses }: AlikeDrift): Entry {
  const { address, deleted, fields } = entry;
  const named = addresses.length > 5 ? [] : addresses;
  const pull = `<p class="note">Into Git: ${codeMarkup(command(plan, 'pull', '--drift', ...named))}</p>`;
  const body = deleted
    ? '<p>Deleted outside Git.</p>'
    : alikeMarkup(addresses) +
      fieldsMarkup(
        fields.map((field) => ({ ...field, origin: 'config' })),
        ['in Git', 'live'],
      ) +
      pull;
  const note = alikeNote(addresses, deleted ? 'deleted' : count(fields.length, 'field'));
  return { mark: 'drift', address, note, body };
}

function pendingEntry(entry: PendingEntry): Entry {
  const fields = fieldsMarkup(
    entry.fields.map((field) => ({ ...field, origin: 'config' })),
    ['main', 'this version'],
  );
  const { address } = entry;
  return {
    mark: 'pending',
    address,
    note: '',
    body: `<p class="note">${escapeMarkup(pendingNote(entry))}</p>${fields}`,
  };
}

function conflictEntry({ address, fields }: ConflictEntry): Entry {
  const side = (
    name: string,
    pick: (field: (typeof fields)[number]) => (typeof fields)[number]['git'],
  ): string =>
    `<h4>${name}</h4>${fieldsMarkup(
      fields.map((field) => ({
        path: field.path,
        before: field.base,
        after: pick(field),
        origin: 'config' as const,
      })),
      ['last applied', name],
    )}`;
  const body = side('Git', (field) => field.git) + side('live', (field) => field.live);
  return { mark: 'conflict', address, note: count(fields.length, 'field'), body };
}

function entries(id: string, title: string, all: readonly Entry[]): string {
  return section(id, title, all.map((entry) => entryMarkup(entry, all.length <= UNFOLDED)).join(''));
}

function leftAlone(plan: Plan): string {
  const orphans = orphansLeft(plan).map(
    ({ address, remote_id }) =>
      `<li>${codeMarkup(address)} has no spec any more (${codeMarkup(remote_id)})</li>`,
  );
  const released = plan.released.map(
    ({ address, fields }) =>
      `<li>${codeMarkup(address)} is no longer managed in ${fields.map(({ path }) => codeMarkup(pathText(path))).join(', ')}</li>`,
  );
  const unmanaged = plan.summary.unmanaged;
  const others =
    unmanaged > 0 ? [`<li>${count(unmanaged, 'live resource')} not managed here and never touched</li>`] : [];
  const items = [...orphans, ...released, ...others];
  return section(
    'left',
    'Left as it is',
    items.length === 0 ? '' : `<div class="card"><ul>${items.join('')}</ul></div>`,
  );
}

function footer(plan: Plan, extra: ReviewExtra): string {
  const digest = plan.plan_digest.replace(/^sha256:/, '');
  const held = extra.file === undefined && plan.changes.length > 0 && plan.conflicts.length === 0;
  const commands = held
    ? [`${applyCommand(plan, extra)} --expect-digest ${digest}`]
    : nextCommands(plan, extra);
  const next =
    commands.length === 0
      ? ''
      : `<pre tabindex="0">${commands.map((line) => escapeMarkup(line)).join('\n')}</pre>`;
  return `<footer>Plan ${codeMarkup(plan.plan_digest)}, valid until ${escapeMarkup(shortTime(plan.expires_at))}. Made by assistantctl ${escapeMarkup(plan.tool.version)} against ${codeMarkup(plan.api_base)}.${next}</footer>`;
}

/** One self-contained page: no network, no script, readable with the keyboard alone, in light and dark. */
export function renderPlanHtml(plan: Plan, extra: ReviewExtra = {}): string {
  const changes = alike(CHANGE_GROUPS.flatMap((group) => changesOf(plan, group))).map(changeEntry);
  const body = [
    header(plan, extra),
    '<main id="main">',
    entries('conflicts', 'Conflicts', plan.conflicts.map(conflictEntry)),
    radiusMarkup(extra.blastRadius),
    graphMarkup(extra.graph, marksOf(plan)),
    testsMarkup(extra.tests),
    entries('changes', 'Changes', changes),
    entries(
      'drift',
      'Changed outside Git, left as it is',
      alikeDrift(driftLeft(plan)).map((entry) => driftEntry(plan, entry)),
    ),
    entries('pending', 'Begun by an earlier apply', (plan.pending ?? []).map(pendingEntry)),
    leftAlone(plan),
    remarkDetails(plan),
    '</main>',
    footer(plan, extra),
  ];
  return renderPage({
    title: `Plan for ${plan.environment} · ${plan.project}`,
    body: body.filter((part) => part !== '').join('\n'),
  });
}
