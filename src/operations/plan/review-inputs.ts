import type { Kind } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { Settings } from '../../model/review.ts';
import { loadDesired } from '../../specs/load/load.ts';
import { loadProject } from '../../specs/project/project.ts';
import { commonCommit, mergedTree, resolveCommit, standingTo } from '../../state/git/history.ts';
import type { Host } from '../host.ts';
import { filesOf } from '../session/commit-files.ts';
import { gitFor } from '../session/git.ts';
import { type Inputs, refuseSpecErrors } from '../session/inputs.ts';
import { settingsOfInputs } from './settings.ts';

/** One commit's documents and settings. */
export interface CommitInputs {
  readonly inputs: Inputs;
  readonly settings: Settings;
}

/** What a plan is made of, and what it is compared with to find out what the request itself changes. */
export interface ReviewInputs {
  /** What is planned: the working tree, or the branch merged with its target where it does not contain that. */
  readonly shown: CommitInputs;
  /** What the commit alone says; absent where the tree is the commit, or there is none. */
  readonly committed?: CommitInputs;
  /** Absent: every change counts. */
  readonly target?: CommitInputs;
  /** Commit of the target. */
  readonly base: string | null;
  /** What the reader should know. */
  readonly notes: readonly string[];
}

/** What a plan is to be compared with. */
export interface ReviewQuestion {
  /** Branch or commit that the change goes to; undefined: every change counts. */
  readonly base: string | undefined;
  /** The set for reviewers is shown or saved; if not, the commit at hand need not be read. */
  readonly complete: boolean;
}

/**
 * Reads the target (`--base REF`) and the commit at hand beside the working tree. Rejects with `Failure('usage')`
 * when the target cannot be found.
 */
export async function reviewInputs(
  host: Host,
  inputs: Inputs,
  { base, complete }: ReviewQuestion,
): Promise<ReviewInputs> {
  const { project, git: info } = inputs;
  const shown = { inputs, settings: settingsOfInputs(inputs) };
  const committed = complete && info?.dirty === true ? await inputsAt(host, inputs, info.commit) : undefined;
  const alone = { shown, ...(committed !== undefined && { committed }), base: null, notes: [] };
  if (base === undefined) return alone;
  const git = gitFor(host.runtime, project);
  if (info === null) throw noBase(base, 'the project is in no repository with a commit');
  const target = await resolveCommit(git, project.root, base);
  if (target === undefined) throw noBase(base, 'neither the clone nor its remote has it');
  const { relation } = await standingTo(git, project.root, [info.commit], target);
  if (relation === 'contains' || relation === 'unknown') {
    const compared = await inputsAt(host, inputs, target);
    return {
      ...alone,
      ...(compared !== undefined && { target: compared }),
      base: target,
      notes: [
        ...(compared === undefined
          ? [`${base} holds no project that can be read: every change counts.`]
          : []),
        ...(relation === 'unknown'
          ? [`Whether the branch contains ${base} cannot be told: fetch more of its history.`]
          : []),
      ],
    };
  }
  const tree = await mergedTree(git, project.root, info.commit, target);
  const merged = tree === undefined ? undefined : await inputsAt(host, inputs, tree);
  if (merged !== undefined) {
    refuseSpecErrors(merged.inputs.desired);
    const compared = await inputsAt(host, inputs, target);
    return {
      shown: merged,
      ...(compared !== undefined && { target: compared }),
      base: target,
      notes: [
        `The branch does not contain ${base}: this is the plan of the two merged.`,
        ...(info.dirty ? ['Changes that are not committed are left out of it.'] : []),
      ],
    };
  }
  const common = await commonCommit(git, project.root, info.commit, target);
  const compared = common === undefined ? undefined : await inputsAt(host, inputs, common);
  return {
    ...alone,
    ...(compared !== undefined && { target: compared }),
    base: target,
    notes: [`The branch cannot be merged with ${base} as it is: this is the plan of the branch alone.`],
  };
}

/** The project as a commit has it; undefined where that cannot be read. Its root stays that of the working tree. */
async function inputsAt(host: Host, inputs: Inputs, tree: string): Promise<CommitInputs | undefined> {
  const files = await filesOf(host.runtime, inputs.project, tree);
  if (files === undefined) return undefined;
  try {
    const project = await loadProject(files.root, inputs.project.environment.name);
    const desired = await loadDesired(project);
    const settings = settingsOfInputs({ project, desired }, files.root);
    return { inputs: { ...inputs, project: { ...project, root: inputs.project.root }, desired }, settings };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  } finally {
    await files.remove();
  }
}

function noBase(base: string, why: string): Failure {
  return new Failure('usage', `the target ${base} cannot be compared with: ${why}`, {
    code: 'BASE_UNKNOWN',
    hint: 'name the branch or commit that the change goes to, and fetch it: git fetch origin main',
  });
}

/** The kinds that any of the sides has documents of. */
export function kindsOf({ shown, committed, target }: ReviewInputs): readonly Kind[] {
  const sides = [shown, committed, target].filter((side) => side !== undefined);
  return [
    ...new Set(sides.flatMap(({ inputs }) => [...inputs.desired.resources.values()].map(({ kind }) => kind))),
  ];
}
