import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DoctorFinding } from '../../model/doctor.ts';
import type { Project } from '../../model/project.ts';

/** The files of a pipeline that run assistantctl, and what of the project does not go with them. */
export function pipelineFindings(
  { environment }: Project,
  files: readonly Pipeline[],
): readonly DoctorFinding[] {
  if (files.length === 0) {
    const hint = 'assistantctl init --ci github, or --ci gitlab';
    return [{ check: 'pipeline', severity: 'info', message: 'no pipeline runs assistantctl here', hint }];
  }
  const names = files.map(({ file }) => file).join(', ');
  const findings: DoctorFinding[] = [{ check: 'pipeline', severity: 'ok', message: names }];
  if (environment.target === 'api' && environment.state.backend === 'file') {
    findings.push({
      check: 'pipeline',
      severity: 'warning',
      message: 'a pipeline applies, and the state is a file that its next run does not have',
      hint: 'state: { backend: git }, then assistantctl state migrate --to git',
    });
  }
  const key = environment.apiKeyEnv;
  if (environment.target === 'api' && !files.some(({ text }) => text.includes(key))) {
    const message = `no pipeline passes ${key}, the key of ${environment.name}`;
    findings.push({ check: 'pipeline', severity: 'info', message });
  }
  return findings;
}

/** A file of a pipeline that runs assistantctl. */
export interface Pipeline {
  readonly file: string;
  readonly text: string;
}

/** From the project upwards to the folder with the repository. */
export async function pipelinesOf(root: string): Promise<readonly Pipeline[]> {
  for (let folder = root, depth = 0; depth < 5; folder = dirname(folder), depth += 1) {
    const workflows = join('.github', 'workflows');
    const names = await readdir(join(folder, workflows)).catch(() => []);
    const files = [...names.map((name) => join(workflows, name)), '.gitlab-ci.yml'];
    const found: Pipeline[] = [];
    for (const file of files) {
      const text = await readFile(join(folder, file), 'utf8').catch(() => '');
      if (text.includes('assistantctl')) found.push({ file, text });
    }
    if (found.length > 0 || dirname(folder) === folder) return found;
  }
  return [];
}
