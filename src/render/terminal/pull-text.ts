import type { PullReport } from '../../model/pull.ts';
import { diagnosticLines } from './diagnostics.ts';
import { columns, count, finish, paint, paragraph, type Style } from './style.ts';
import { inline } from './value.ts';
import { visible } from './visible.ts';

/** What a pull wrote, what it left and why. */
export function renderPull(report: PullReport, style: Style): string {
  const { adopted, updated, conflicts, left, deleted } = report;
  const nothing = [adopted, updated, conflicts, left, deleted].every((list) => list.length === 0);
  return finish([
    ...(nothing ? paragraph(style, `Nothing to pull from ${report.environment}.`, 0, 'bold') : []),
    ...adoptedLines(report, style),
    ...updatedLines(report, style),
    ...settledLines(report, style),
    ...conflictLines(report, style),
    ...leftLines(report, style),
    ...deletedLines(report, style),
    ...(report.diagnostics.length > 0 ? ['', ...diagnosticLines(report.diagnostics, style)] : []),
    ...closing(report, style),
  ]);
}

function adoptedLines({ adopted, environment }: PullReport, style: Style): readonly string[] {
  if (adopted.length === 0) return [];
  const rows = adopted.map(({ address, files, name }) => [
    `  + ${address}`,
    visible(files[0] ?? ''),
    visible(name === '' ? '(no name)' : name),
  ]);
  return [
    paint(style, 'bold', `Adopted ${count(adopted.length, 'resource')} of ${visible(environment)}`),
    ...columns(rows, style),
  ];
}

function updatedLines({ updated }: PullReport, style: Style): readonly string[] {
  if (updated.length === 0) return [];
  return [
    paint(style, 'bold', `Written back for ${count(updated.length, 'resource')}`),
    ...updated.flatMap(({ address, fields }) => [
      `  ~ ${address}`,
      ...columns(
        fields.map(({ path, file, line }) => [`    ${visible(path)}`, `${visible(file)}:${line}`]),
        style,
      ),
    ]),
  ];
}

function settledLines({ settled }: PullReport, style: Style): readonly string[] {
  if (settled.length === 0) return [];
  return [
    paint(style, 'bold', 'Conflicts ended: the files say now what is live'),
    ...bothSides(settled, '~', 'Git said:'),
  ];
}

function conflictLines({ conflicts, environment }: PullReport, style: Style): readonly string[] {
  const [first] = conflicts;
  if (first === undefined) return [];
  return [
    paint(style, 'bold', 'In conflict: changed in Git and outside Git, differently; left as they are'),
    ...bothSides(conflicts, '!', 'Git:'),
    ...paragraph(
      style,
      `Write what is live in place of it: assistantctl pull --drift ${first.address} --env ${environment}`,
      4,
    ),
  ];
}

function bothSides(conflicts: PullReport['conflicts'], mark: '!' | '~', gitLabel: string): readonly string[] {
  return conflicts.flatMap(({ address, fields }) => [
    `  ${mark} ${address}`,
    ...fields.flatMap(({ path, git, live }) => [
      `    ${visible(path)}`,
      `      ${gitLabel.padEnd(5)} ${inline(git)}`,
      `      ${'live:'.padEnd(gitLabel.length)} ${inline(live)}`,
    ]),
  ]);
}

function leftLines({ left }: PullReport, style: Style): readonly string[] {
  if (left.length === 0) return [];
  return [
    paint(style, 'bold', `Not written (${left.length})`),
    ...left.flatMap(({ address, path, git, live, reason }) => [
      `  ! ${address} ${visible(path)}`,
      ...paragraph(style, reason, 4),
      `    Git:  ${inline(git)}`,
      `    live: ${inline(live)}`,
    ]),
  ];
}

function deletedLines({ deleted }: PullReport, style: Style): readonly string[] {
  if (deleted.length === 0) return [];
  return [
    paint(style, 'bold', 'Deleted outside Git'),
    ...deleted.map(({ address, remote_id }) => `  - ${address} (${visible(remote_id)})`),
    ...paragraph(style, 'Remove the document, or create it again: assistantctl apply --recreate', 4),
  ];
}

function closing({ files, branch, plan }: PullReport, style: Style): readonly string[] {
  if (files.length === 0) return [];
  const rest = plan === null ? '' : planWords(plan);
  const words = `${count(files.length, 'file')} written.${rest}`;
  const where =
    branch === null
      ? []
      : [`Committed on ${visible(branch.name)} (${branch.commit.slice(0, 7)}), which is checked out now.`];
  return ['', ...paragraph(style, [words, ...where].join(' '), 0)];
}

function planWords({ changes, drift, conflicts }: NonNullable<PullReport['plan']>): string {
  const parts = [
    ...(changes > 0 ? [count(changes, 'change')] : []),
    ...(drift > 0 ? [`drift in ${count(drift, 'resource')}`] : []),
    ...(conflicts > 0 ? [count(conflicts, 'conflict')] : []),
  ];
  return parts.length === 0 ? ' The plan is empty now.' : ` The plan still shows ${parts.join(', ')}.`;
}
