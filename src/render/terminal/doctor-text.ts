import type { DoctorFinding, DoctorReport, ProbeReport } from '../../model/doctor.ts';
import { count, finish, paint, paragraph, type Style } from './style.ts';
import { visible } from './visible.ts';
import { padEnd } from './width.ts';

const MARKS: { readonly [severity in DoctorFinding['severity']]: string } = {
  ok: 'ok',
  info: 'note',
  warning: 'warning',
  error: 'error',
};

/** One line a finding, what to do beneath it, and the counts at the end. */
export function renderDoctor({ findings }: DoctorReport, style: Style): string {
  const width = Math.max(...findings.map(({ check }) => check.length)) + 2;
  const lines = findings.flatMap((finding) => [
    ...described(finding, width, style),
    ...(finding.hint === undefined ? [] : paragraph(style, visible(finding.hint), width + 9)),
  ]);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  return finish([...lines, '', `${count(errors, 'error')}, ${count(warnings, 'warning')}`]);
}

function described(
  { check, severity, message }: DoctorFinding,
  width: number,
  style: Style,
): readonly string[] {
  const head = `${padEnd(check, width)}${padEnd(MARKS[severity], 9)}`;
  return paragraph(style, visible(message), head.length).map((line, index) =>
    index === 0 ? paint(style, 'bold', head) + line.slice(head.length) : line,
  );
}

/** What a probe found, one line a behaviour. */
export function renderProbe(report: ProbeReport): string {
  const facts = Object.entries(report.found).map(
    ([name, value]) => `  ${padEnd(name, 22)}${JSON.stringify(value)}`,
  );
  const forms = report.own_forms.map(
    ({ path, sent, kept }) => `  ${path}: ${JSON.stringify(sent)} is kept as ${JSON.stringify(kept)}`,
  );
  const api = Object.entries(report.api).map(([name, value]) => `      ${name}: ${JSON.stringify(value)}`);
  return finish([
    `How the API of the account ${report.account} behaves:`,
    ...facts.map(visible),
    ...(forms.length === 0 ? [] : ['', 'In a form of its own:', ...forms.map(visible)]),
    ...(report.open.length === 0 ? [] : ['', `Not settled: ${report.open.join(', ')}`]),
    ...(api.length === 0
      ? []
      : [
          '',
          'For the project file:',
          '  environments:',
          `    ${report.environment}:`,
          '      api:',
          ...api.map((line) => `  ${line}`),
        ]),
    '',
    report.left.length === 0
      ? `Everything that was made is removed (${report.removed}).`
      : `Could not be removed: ${report.left.join(', ')}`,
  ]);
}
