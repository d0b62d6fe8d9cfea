/** Working files of the tool: states of file backends and the embedded API's data. */
export const GITIGNORE_LINE = '.assistantctl/';

/** Saved plans hold every prompt. */
const PLANS_LINE = '*.plan.json';

/** The text of a `.gitignore` with our lines in it, each added once. */
export function withIgnored(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const folder = lines.some((line) => /^\/?\.assistantctl\/?$/.test(line)) ? [] : [GITIGNORE_LINE];
  const plans = lines.includes(PLANS_LINE) ? [] : [PLANS_LINE];
  const added = [...folder, ...plans].map((line) => `${line}\n`);
  const separator = added.length === 0 || text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${separator}${added.join('')}`;
}

/** A valid project name ([a-z0-9-], at most 40 characters) made from a folder name. */
export function projectSlug(folder: string): string {
  const slug = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'assistants' : slug;
}

/** A project file under another name. */
export function named(projectFile: string, name: string): string {
  return projectFile.replace(/^project: .*$/m, () => `project: ${name}`);
}

/** The sample's project file without what only its documents need; the account is its default environment. */
export function withoutSamples(projectFile: string, environment: string): string {
  return projectFile
    .replace(/^ {4}variables:\n(?: {6}.*\n)+/gm, '')
    .replace(/^default_environment: .*$/m, () => `default_environment: ${environment}`);
}

/** The sample's project file with the state of its account in Git. */
export function withGitState(projectFile: string): string {
  return projectFile.replace(/^( *)# (state: \{ backend: git, )/m, '$1$2');
}
