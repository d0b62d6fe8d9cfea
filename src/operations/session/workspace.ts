import type { GitInfo } from '../../model/plan.ts';
import type { ReadSpecs } from '../../specs/load/load.ts';
import type { ProjectDocument } from '../../specs/project/project-build.ts';

/** A project and its specs, read once for all environments of one command. */
export interface Workspace {
  readonly document: ProjectDocument;
  /** The specs folder; fails with `Failure('spec')` where it cannot be read. */
  specs(): ReadSpecs;
  git(): Promise<GitInfo | null>;
}
