import type { DoctorFinding } from '../../model/doctor.ts';
import type { Project } from '../../model/project.ts';
import type { State } from '../../model/state.ts';

/** What a release of today finds of an earlier one, with what becomes of it. docs/upgrade.md tells more. */
export function upgradeFindings(
  { environment }: Project,
  state: State | undefined,
): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const bindings = Object.entries(state?.resources ?? {});
  const unread = bindings.filter(
    ([address, { base, main_version_id: main, read_version_id: read }]) =>
      address.startsWith('assistant/') && base !== null && main !== null && read === undefined,
  );
  if (unread.length > 0) {
    findings.push({
      check: 'upgrade',
      severity: 'info',
      message: `${unread.length} assistants were bound by an earlier release; plans read them by id until the next apply`,
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
  return findings.length > 0
    ? findings
    : [{ check: 'upgrade', severity: 'ok', message: 'nothing is of an earlier release' }];
}
