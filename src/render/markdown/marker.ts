import { markerValue } from './markdown.ts';

/**
 * The hidden first line of everything we post: by it a later run finds its post again, and an apply the digest
 * that was reviewed.
 */
export interface Marker {
  /** What the post is about: `plan`, `drift`, `preview`… */
  readonly topic: string;
  readonly environment: string;
  /** `-` where it is not known: a project file that cannot be read. */
  readonly project: string;
  /** `none` where there is nothing that could be applied. */
  readonly digest: string;
}

export const NO_DIGEST = 'none';
export const NO_PROJECT = '-';

const PATTERN = /^\s*<!-- assistantctl:([a-z-]{1,40}) ([^\n]{0,600}?) -->/;

/** One line without its line break. */
export function markerLine({ topic, environment, project, digest }: Marker): string {
  const facts = `env=${markerValue(environment)} project=${markerValue(project)}`;
  return `<!-- assistantctl:${topic} ${facts} digest=${markerValue(digest)} -->`;
}

/** The marker that a text starts with; one further down may be quoted and does not count. */
export function readMarker(text: string): Marker | undefined {
  const [, topic, facts] = PATTERN.exec(text) ?? [];
  if (topic === undefined || facts === undefined) return undefined;
  const found = new Map<string, string>();
  for (const word of facts.split(' ')) {
    const [name = '', value] = word.split('=');
    if (value !== undefined) found.set(name, value);
  }
  const environment = found.get('env');
  if (environment === undefined) return undefined;
  return {
    topic,
    environment,
    project: found.get('project') ?? NO_PROJECT,
    digest: found.get('digest') ?? NO_DIGEST,
  };
}

/** True for the same topic of the same environment; a project that is not known matches any. */
export function sameSubject(a: Marker, b: Marker): boolean {
  const project = (marker: Marker): string => markerValue(marker.project);
  return (
    a.topic === b.topic &&
    markerValue(a.environment) === markerValue(b.environment) &&
    (project(a) === project(b) || a.project === NO_PROJECT || b.project === NO_PROJECT)
  );
}

/** The text after its marker. */
export function withoutMarker(text: string): string {
  return text.replace(PATTERN, '').replace(/^\s*\n/, '');
}
