import type { PreviewPart, PreviewReport } from '../../model/preview-report.ts';
import { fieldLines } from '../terminal/field-text.ts';
import { previewHeadline } from '../terminal/preview-text.ts';
import { PLAIN } from '../terminal/style.ts';
import { visible } from '../terminal/visible.ts';
import { byteLength, code, details, fence, prose } from './markdown.ts';
import { renderVerdictsMarkdown } from './verdict-markdown.ts';

/** A comment holds little more than this; the public limits of the two forges are above it. */
const BUDGET = 60_000;

const SIGNS = { passed: '✅', failed: '❌', staged: '➖', partial: '❌', nothing: '➖' } as const;

/** A preview's result for a pull request: the verdict, what was staged, the tests. Text from outside is inert in it. */
export function renderPreviewMarkdown(report: PreviewReport): string {
  const { parts, tests, notes, preview, next } = report;
  const head = [
    `### ${SIGNS[report.outcome]} ${prose(previewHeadline(report))}`,
    '',
    ...(parts.length === 0 ? [] : ['| what | resource | id |', '| --- | --- | --- |', ...parts.map(row), '']),
    ...parts.flatMap((part) => (part.error === null ? [] : [`**${prose(part.error.message)}**`, ''])),
    ...notes.map((note) => `> ${prose(note)}`),
    ...(notes.length === 0 ? [] : ['']),
    ...(tests.length === 0 ? [] : [renderVerdictsMarkdown(`Tests of preview ${preview}`, tests)]),
  ];
  const tail = next === '' ? '' : `\n${prose('Next:')} ${code(next)}\n`;
  let text = head.join('\n');
  for (const part of parts) {
    const section = changes(part);
    if (byteLength(text) + byteLength(section) + byteLength(tail) < BUDGET) text += section;
  }
  return `${text}${tail}`;
}

function row({ address, what, status, version_id: version, remote_id: id }: PreviewPart): string {
  const word = what === 'version' ? 'candidate version' : 'temporary copy';
  const state = status === 'applied' || status === 'skipped' ? word : `${word}, ${status.replace('_', ' ')}`;
  const shown = version ?? id;
  return `| ${state} | ${code(address)} | ${shown === null ? '' : code(shown)} |`;
}

function changes({ address, fields }: PreviewPart): string {
  if (fields.length === 0) return '';
  const lines = fields.flatMap((field) => fieldLines(PLAIN, field, 0));
  return `\n${details(`Changes of <code>${visible(address)}</code>`, fence('diff', lines.map(visible)))}\n`;
}
