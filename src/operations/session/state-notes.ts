import type { Project } from '../../model/project.ts';
import type { StepResult } from '../../model/report.ts';
import type { State, StateSession } from '../../model/state.ts';
import type { Host } from '../host.ts';

/**
 * A file does not outlive most pipeline jobs: the next one would find no state and adopt everything by name. Says
 * so where there is none yet, which is the first time that it can be noticed.
 */
export function warnOfMissingState(host: Host, project: Project, state: State | undefined): void {
  const { environment } = project;
  const { env } = host.runtime;
  const inPipeline = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  if (!inPipeline || state !== undefined || environment.target === 'emulator') return;
  if (environment.state.backend !== 'file') return;
  const { name } = environment;
  host.note(
    `warning: environment ${name} has no state yet, and a state file does not outlive a pipeline job.\n` +
      `  Keep it in the repository: state: { backend: git, remote: origin, ref: refs/assistantctl/${name} }\n` +
      `  in assistantctl.yaml (on hosts that take branches only: ref: refs/heads/assistantctl/${name}), or keep\n` +
      '  .assistantctl/state between jobs.\n',
  );
}

/** Notes that an earlier apply was cut off, and which steps it had begun. */
export function noteUnfinished(host: Host, session: StateSession): void {
  const { takenOver, pending } = session;
  if (takenOver === undefined && pending.length === 0) return;
  const run = takenOver?.run ? `, run ${takenOver.run}` : '';
  const who =
    takenOver === undefined
      ? 'an earlier apply'
      : `the apply of ${takenOver.holder} on ${takenOver.host}${run}, since ${takenOver.acquired_at},`;
  const steps = [...new Set(pending.map(({ address }) => address))];
  const at =
    steps.length === 0 ? '' : ` It was at ${steps.slice(0, 8).join(', ')}${steps.length > 8 ? ', …' : ''};`;
  const then = steps.length === 0 ? '' : ' what became of that is looked up.';
  host.note(`note: ${who} did not finish.${at}${then}\n`);
}

/** `3 applied, 1 failed`: what steps came to, for the history. */
export function outcomeWords(results: readonly StepResult[]): string {
  const words = ['applied', 'skipped', 'failed', 'unknown', 'not_attempted'].flatMap((status) => {
    const count = results.filter((result) => result.status === status).length;
    return count === 0 ? [] : [`${count} ${status.replace('_', ' ')}`];
  });
  return words.length === 0 ? 'nothing to do' : words.join(', ');
}
