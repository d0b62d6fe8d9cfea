import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../model/errors.ts';
import { isBad, type TestVerdict } from '../model/runs.ts';
import { reasonOf } from '../operations/files.ts';
import { renderVerdictsMarkdown } from '../render/markdown/verdict-markdown.ts';
import { renderJunit } from '../render/report/junit.ts';
import { failureJson, renderFailure } from '../render/terminal/errors.ts';
import { finish, paint } from '../render/terminal/style.ts';
import { verdictLines, verdictSummary } from '../render/terminal/verdict-text.ts';
import type { Context } from './context.ts';
import { EXIT_DONE, exitCodeOf } from './exit-codes.ts';
import type { TextJsonOrMarkdown } from './options.ts';

/** For CI systems; readable by whoever may read the folder, which is made where it is missing. */
export async function writeJunit(path: string, verdicts: readonly TestVerdict[]): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, renderJunit(verdicts));
  } catch (cause) {
    throw new Failure('usage', `${path} cannot be written: ${reasonOf(cause)}`, {
      code: 'FILE_WRITE',
      hint: 'name a file in a folder that may be written to',
      cause,
    });
  }
}

/** Prints the results and returns the exit code: 0 only when every test passed. */
export function showVerdicts(
  context: Context,
  flags: { readonly format: TextJsonOrMarkdown; readonly version?: string },
  verdicts: readonly TestVerdict[],
): number {
  const bad = verdicts.filter(isBad);
  const interrupted =
    context.interruptedBy() !== undefined && bad.some(({ outcome }) => outcome === 'interrupted');
  const kind = interrupted ? 'interrupted' : 'gate';
  const failure = new Failure(kind, verdictSummary(verdicts), {
    code: interrupted ? 'INTERRUPTED' : 'TESTS_FAILED',
  });
  if (flags.format === 'json') {
    context.printJson({
      format_version: '1.0',
      outcome: bad.length === 0 ? 'passed' : 'failed',
      version_id: flags.version ?? null,
      summary: { total: verdicts.length, passed: verdicts.length - bad.length, failed: bad.length },
      tests: verdicts,
      ...(bad.length === 0 ? {} : failureJson(failure)),
    });
    if (bad.length > 0) context.note(renderFailure(failure, context.noteStyle));
  } else if (flags.format === 'markdown') {
    context.printExactly(renderVerdictsMarkdown('Tests', verdicts));
  } else {
    const { style } = context;
    const lines = verdicts.flatMap((verdict) => verdictLines(verdict, style, 0));
    context.print(finish([...lines, '', paint(style, 'bold', verdictSummary(verdicts))]));
  }
  return bad.length === 0 ? EXIT_DONE : exitCodeOf(kind, context.interruptedBy());
}
