import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Change, Plan } from '../../model/plan.ts';
import { shortTime } from '../../model/short-time.ts';
import { diagnosticLines, remarkLines } from '../terminal/diagnostics.ts';
import { fieldLines, newFieldLines, sizedName } from '../terminal/field-text.ts';
import { headlineOf } from '../terminal/plan-headline.ts';
import {
  apartLines,
  CHANGE_GROUPS,
  type ChangeGroup,
  cautions,
  changesOf,
  command,
  groupOf,
  newFields,
  nextCommands,
  orphansLeft,
  otherDiagnostics,
  type PlanExtra,
  promotionNote,
  settingLines,
  shortCommit,
  shortDigest,
} from '../terminal/plan-words.ts';
import {
  count,
  finish,
  type Ink,
  labelled,
  number,
  paint,
  paragraph,
  type Style,
} from '../terminal/style.ts';
import { visible } from '../terminal/visible.ts';
import { type AlikeChanges, alike } from './alike.ts';
import { attentionLines } from './plan-attention.ts';

/**
 * The plan as a person reads it: the verdict first, then what could hurt, then each change, then what is only
 * reported, and last what to type next.
 */

const GROUPS: { readonly [group in ChangeGroup]: { title: string; sign: string; ink: Ink } } = {
  create: { title: 'Create', sign: '+', ink: 'green' },
  adopt: { title: 'Adopt', sign: '>', ink: 'cyan' },
  takeover: { title: 'Take over', sign: '>', ink: 'yellow' },
  move: { title: 'Move', sign: '>', ink: 'cyan' },
  update: { title: 'Update', sign: '~', ink: 'yellow' },
  delete: { title: 'Delete', sign: '-', ink: 'red' },
};

/** Up to this many new resources are shown with all their values; more are shown by the names of their fields. */
const DETAILED_CREATES = 5;
/** New resources beyond this many in one plan are listed by address only. */
const NAMED_CREATES = 40;

function headLines(plan: Plan, style: Style, extra: PlanExtra): readonly string[] {
  const facts = [`project ${plan.project}`, `environment ${plan.environment}`, plan.api_base];
  if (plan.git !== null) {
    const branch = plan.git.branch === null ? '' : ` (${plan.git.branch})`;
    facts.push(`commit ${shortCommit(plan.git)}${branch}`);
  }
  facts.push(`plan ${shortDigest(plan.plan_digest)}`);
  const saved =
    extra.file === undefined
      ? []
      : paragraph(style, `saved to ${extra.file}, valid until ${shortTime(plan.expires_at)}`, 0, 'dim');
  return [
    ...paragraph(style, headlineOf(plan, extra), 0, 'bold'),
    ...paragraph(style, facts.join(', '), 0, 'dim'),
    ...saved,
    '',
  ];
}

function cautionLines(plan: Plan, style: Style, extra: PlanExtra): readonly string[] {
  const sign = paint(style, 'yellow', '!');
  const lines = cautions(plan, extra).flatMap((text) =>
    paragraph(style, text, 2).map((line, index) => (index === 0 ? sign + line.slice(1) : line)),
  );
  return [...lines, ''];
}

function changeFields(change: Change, style: Style): readonly string[] {
  if (change.action === 'delete') return [];
  if (change.action === 'create') {
    return newFields(change.fields).flatMap((field) => newFieldLines(style, field.path, field.after, 4));
  }
  return change.fields.flatMap((field) => fieldLines(style, field, 4));
}

function changeHead(change: Change, style: Style, title: string = change.address): string {
  const { sign, ink } = GROUPS[groupOf(change)];
  const note = promotionNote(change);
  const address = paint(style, 'bold', visible(title));
  const tail = note === '' ? '' : `  ${paint(style, 'dim', `(${note})`)}`;
  return `${paint(style, ink, sign)} ${address}${tail}`;
}

/** Why, and which live resource it is about. */
function reasonLines(change: Change, style: Style): readonly string[] {
  const id = change.action === 'create' || change.remote_id === null ? '' : ` (${change.remote_id})`;
  return paragraph(style, `${change.reason}${id}`, 4, 'dim');
}

/** A new resource in two lines: what it is called and which fields it has. */
function briefLines(change: Change, style: Style): readonly string[] {
  const names = newFields(change.fields).map((field) => sizedName(field.path, field.after));
  return [`  ${changeHead(change, style)}`, ...paragraph(style, names.join(', '), 4, 'dim')];
}

/** Settings, which are reviewed and never sent, and what is up for nobody's review here. */
function reviewLines(plan: Plan, style: Style): readonly string[] {
  const settings = settingLines(plan);
  const apart = apartLines(plan);
  return [
    ...(settings.length > 0
      ? [
          paint(style, 'bold', `Settings (${settings.length}), written in Git and never sent`),
          ...settings.flatMap((line) => paragraph(style, line, 2)),
          '',
        ]
      : []),
    ...apart.flatMap((line) => [...paragraph(style, line, 0), '']),
  ];
}

function groupLines(plan: Plan, group: ChangeGroup, style: Style): readonly string[] {
  const changes = changesOf(plan, group);
  if (changes.length === 0) return [];
  const title = paint(style, 'bold', `${GROUPS[group].title} (${changes.length})`);
  if (group === 'create' && changes.length > DETAILED_CREATES) {
    const rest = changes.slice(NAMED_CREATES);
    return [
      title,
      ...changes.slice(0, NAMED_CREATES).flatMap((change) => briefLines(change, style)),
      ...rest.map((change) => `  ${changeHead(change, style)}`),
      ...paragraph(
        style,
        'The values of new resources are left out here: --format json and --target ADDR have them.',
        2,
        'dim',
      ),
      '',
    ];
  }
  return [title, ...alike(changes).flatMap((entry) => alikeLines(entry, style)), ''];
}

/** One change, or several that are the same: then with all their addresses. */
function alikeLines({ change, addresses }: AlikeChanges, style: Style): readonly string[] {
  const head =
    addresses.length === 1
      ? [`  ${changeHead(change, style)}`, ...reasonLines(change, style)]
      : [
          `  ${changeHead(change, style, `${number(addresses.length)} resources alike`)}`,
          ...paragraph(style, addresses.join(', '), 4),
          ...paragraph(style, change.reason, 4, 'dim'),
        ];
  return [...head, ...changeFields(change, style), ''];
}

function orphanLines(plan: Plan, style: Style): readonly string[] {
  const left = orphansLeft(plan);
  if (left.length === 0) return [];
  return [
    paint(style, 'bold', `Without a spec (${left.length}): bound, but no longer in Git; left as they are`),
    ...left.map(
      (orphan) => `    ${visible(orphan.address)}  ${paint(style, 'dim', visible(orphan.remote_id))}`,
    ),
    // Whoever renamed a document must not be led to deleting what is live under its former key.
    ...(plan.diagnostics.some(({ code }) => code === 'RENAMED')
      ? paragraph(style, 'If it was renamed: the caution above has the line to write.', 4)
      : [
          ...(plan.options.prune ? [] : [labelled('to delete:  ', command(plan, 'plan', '--prune'), 4)]),
          labelled('to forget:  ', command(plan, 'state', 'rm', left[0]?.address ?? ''), 4),
        ]),
    '',
  ];
}

function unmanagedLines(plan: Plan, style: Style): readonly string[] {
  const { unmanaged } = plan.summary;
  if (unmanaged === 0) return [];
  const are = unmanaged === 1 ? 'is' : 'are';
  const counted = `${count(unmanaged, 'live resource')} ${are} not managed here and never touched.`;
  return [...paragraph(style, counted, 0, 'dim'), ''];
}

function nextLines(plan: Plan, style: Style, extra: PlanExtra): readonly string[] {
  return nextCommands(plan, extra).map((text, index) => {
    const label = index === 0 ? 'Next: ' : '  or: ';
    return `${paint(style, 'bold', label)}${visible(text)}`;
  });
}

/** Longer plans say at their end again what they come to. */
const LONG = 40;

/**
 * The whole plan as text that ends with one newline and has no trailing spaces. Deterministic. Warnings stand before the
 * changes, so that nothing comes between a change and the question about it; errors stand last, because they decide.
 */
export function renderPlan(plan: Plan, style: Style, extra: PlanExtra = {}): string {
  const diagnostics = otherDiagnostics(plan);
  const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
  const head = [...headLines(plan, style, extra), ...cautionLines(plan, style, extra)];
  const body = [
    ...remarkLines(
      diagnostics.filter((diagnostic) => !isError(diagnostic)),
      style,
    ),
    '',
    ...CHANGE_GROUPS.flatMap((group) => groupLines(plan, group, style)),
    ...reviewLines(plan, style),
    ...attentionLines(plan, style),
    ...orphanLines(plan, style),
    ...unmanagedLines(plan, style),
    ...diagnosticLines(diagnostics.filter(isError), style),
    '',
  ];
  const next = nextLines(plan, style, extra);
  const long = head.length + body.length + next.length > (style.rows ?? LONG);
  // Who is asked about the plan sees its cautions beside the question.
  const reminder = extra.executing === true ? cautionLines(plan, style, extra) : [];
  const again = long ? [...reminder, ...paragraph(style, headlineOf(plan, extra), 0, 'bold'), ''] : [];
  return finish([...head, ...body, ...again, ...next]);
}
