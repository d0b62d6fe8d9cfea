import { resolve } from 'node:path';
import { isArray, isObject, type Json } from '../model/json.ts';
import { readTextFile } from '../operations/files.ts';
import type { Host } from '../operations/host.ts';
import type { ReviewSource } from '../operations/plan/review.ts';
import { isEditedPlan, isPlan } from '../plan/saved.ts';
import { markerOfPlan, readMarkers, setOfMarker } from '../render/markdown/marker.ts';

/**
 * Reads the sources of `--reviewed`: rendered Markdown, a plan as JSON, or markers; `-` is stdin. What cannot be
 * made sense of is no failure: it holds nothing, and is named.
 */
export async function readReviewSources(
  host: Host,
  names: readonly string[],
): Promise<readonly ReviewSource[]> {
  const sources: ReviewSource[] = [];
  for (const name of names) {
    const text =
      name === '-' ? await host.runtime.stdin() : await readTextFile(resolve(host.runtime.cwd, name));
    sources.push(sourceOf(name === '-' ? 'stdin' : name, text));
  }
  return sources;
}

function sourceOf(name: string, text: string): ReviewSource {
  if (text.trim() === '') return { name, sets: [] };
  const value = parsed(text);
  if (value !== undefined && isObject(value) && isArray(value.environments)) {
    return severalSource(name, value.environments);
  }
  if (value !== undefined) return planSource(name, value);
  const markers = readMarkers(text);
  const sets = markers.flatMap((marker) => setOfMarker(marker) ?? []);
  if (sets.length > 0) return { name, sets };
  const problem =
    markers.length > 0 || text.includes('<!-- assistantctl:')
      ? 'its marker is cut off, or is none of a plan that can be applied'
      : 'it is neither a plan nor a marker';
  return { name, sets: [], problem };
}

function planSource(name: string, value: Json): ReviewSource {
  const problem = planProblem(value);
  if (problem !== undefined || !isPlan(value)) return { name, sets: [], problem: problem ?? 'it is no plan' };
  const set = setOfMarker(markerOfPlan(value));
  return set === undefined
    ? { name, sets: [], problem: 'the plan holds no reviewed set' }
    : { name, sets: [set] };
}

/** The plans of several environments. An environment that failed has none; the plans of the others count. */
function severalSource(name: string, environments: readonly Json[]): ReviewSource {
  const sources = environments.filter(isObject).map(({ exit: _exit, ...plan }) => planSource(name, plan));
  const sets = sources.flatMap((source) => source.sets);
  const problem = sources.find((source) => source.problem !== undefined)?.problem;
  return { name, sets, ...(sets.length > 0 || problem === undefined ? {} : { problem }) };
}

function planProblem(value: Json): string | undefined {
  if (!isPlan(value)) return 'it is no plan';
  if (value.options.offline === true) return 'the plan was made with --offline and cannot be applied';
  return isEditedPlan(value) ? 'its content does not match its digest: the file was changed' : undefined;
}

function parsed(text: string): Json | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
