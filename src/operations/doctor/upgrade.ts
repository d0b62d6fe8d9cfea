import type { Diagnostic } from '../../model/diagnostic.ts';
import type { DoctorFinding } from '../../model/doctor.ts';
import type { Project } from '../../model/project.ts';
import type { State } from '../../model/state.ts';
import type { Pipeline } from './pipeline.ts';

/** What of a project may come from an earlier release. */
export interface FoundHere {
  readonly state: State | undefined;
  readonly pipelines: readonly Pipeline[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a release of today finds of an earlier one, with what becomes of it. docs/upgrade.md tells more. */
export function upgradeFindings({ environment }: Project, found: FoundHere): readonly DoctorFinding[] {
  const { state } = found;
  const findings: DoctorFinding[] = [];
  const bindings = Object.entries(state?.resources ?? {});
  // With a version that waits or is tried out, an assistant is read by id anyway.
  const unread = bindings.filter(
    ([address, { base, main_version_id: main, read_version_id: read, candidate, rollout }]) =>
      address.startsWith('assistant/') &&
      base !== null &&
      main !== null &&
      [read, candidate, rollout].every((each) => each === undefined),
  );
  if (unread.length > 0) {
    findings.push({
      check: 'upgrade',
      severity: 'info',
      message: `${unread.length === 1 ? '1 assistant was bound' : `${unread.length} assistants were bound`} by an earlier release: plans read by id until the next apply`,
    });
  }
  const { state: place } = environment;
  if (place.backend === 'git' && /[:/@\\]/.test(place.remote)) {
    findings.push({
      check: 'upgrade',
      severity: 'warning',
      message: 'state.remote is an address; it has to be the name of a remote of the clone',
      hint: `git remote add state ADDRESS, and state: { backend: git, remote: state }`,
    });
  }
  if (environment.target === 'api' && !environment.apiKeyEnv.includes('TELNYX')) {
    findings.push({
      check: 'upgrade',
      severity: 'warning',
      message: `${environment.apiKeyEnv} does not look like a key of Telnyx`,
      hint: 'rename the variable, or name it in ASSISTANTCTL_KEY_VARIABLES',
    });
  }
  const numbers = found.diagnostics.filter(({ code }) => code === 'YAML_NUMBER').length;
  if (numbers > 0) {
    findings.push({
      check: 'upgrade',
      severity: 'warning',
      message: `${numbers} unquoted ${numbers === 1 ? 'number loses' : 'numbers lose'} digits or signs in YAML; earlier releases sent what YAML made of ${numbers === 1 ? 'it' : 'them'}`,
      hint: 'assistantctl validate shows each with the quoted form to write',
    });
  }
  const old = found.pipelines.filter(({ text }) => isBeforeReviewedSets(text)).map(({ file }) => file);
  if (old.length > 0) {
    findings.push({
      check: 'upgrade',
      severity: 'warning',
      message: `${old.join(', ')}: written before reviewed sets, whose comments count as not reviewed`,
      hint: 'move the file away and write it anew with assistantctl init --ci, then plan open requests again',
    });
  }
  return findings.length > 0
    ? findings
    : [{ check: 'upgrade', severity: 'ok', message: 'nothing is of an earlier release' }];
}

/** A pipeline that looks for a digest in comments, or plans a request without saying what it is based on. */
function isBeforeReviewedSets(text: string): boolean {
  if (text.includes('--print-digest')) return true;
  return /assistantctl plan[^\n]*--format markdown/.test(text) && !text.includes('--base');
}
