/** Working files of the tool: states of file backends and the embedded API's data. */
export const GITIGNORE_LINE = '.assistantctl/';

/** The text of a `.gitignore` with our line in it, added once. */
export function withIgnored(text: string): string {
  if (text.split(/\r?\n/).some((line) => /^\/?\.assistantctl\/?$/.test(line.trim()))) return text;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${separator}${GITIGNORE_LINE}\n`;
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
