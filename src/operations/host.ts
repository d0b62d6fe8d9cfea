import type { Plan } from '../model/plan.ts';
import type { ProgressState } from '../model/progress.ts';
import type { Project } from '../model/project.ts';
import type { Runtime, StopSignal } from '../runtime.ts';
import type { Workspace } from './session/workspace.ts';

/**
 * The port of the use cases to whoever started them: the command line, or a program that runs without a screen.
 * A use case says what it has to say through it and knows neither arguments nor a terminal.
 */
export interface Host {
  readonly runtime: Runtime;
  readonly flags: HostFlags;
  /** The project and its specs, where they were read already: for several environments at once. */
  readonly workspace?: Workspace;
  /** Remarks for a person, whole lines: stderr on the command line. */
  note(text: string): void;
  /** Begins to show how far a piece of work is. */
  progress(): Progress;
  /**
   * Takes over SIGINT and SIGTERM, at the first call. A command that never asks is ended by them as any
   * program is.
   */
  interrupt(): Interrupt;
  /** Who counts what is done, where somebody does. */
  readonly observer?: HostObserver;
}

/** What a program that runs for long counts. */
export interface HostObserver {
  /** A request to the API ended: the status of its reply, 0 where none came. */
  requested(status: number): void;
  /** The lease of the environment was taken, or given back. */
  leased(held: boolean): void;
}

/** Options of every use case. */
export interface HostFlags {
  /** Folder to look for the project file in; absent: the working directory and upwards. */
  readonly project?: string;
  /** Environment; absent: the project's default. */
  readonly env?: string;
  /** The command runs for several environments, one after the other. */
  readonly several?: boolean;
  /** How many they are: they share one document. */
  readonly among?: number;
  /** Log every request. */
  readonly verbose?: boolean;
  /** Log requests with their bodies. */
  readonly verboseBodies?: boolean;
}

export interface Progress {
  show(state: ProgressState): void;
  /** Removes what was shown. Safe to call twice. */
  end(): void;
}

/**
 * What SIGINT and SIGTERM do. The first asks for an orderly end: requests that only read are dropped, a write
 * in flight is finished and recorded. The second ends the process where it stands.
 */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** Aborted by the first signal until `protectWrites` was called. */
  readonly reading: AbortSignal;
  /** The first signal, if there was one. */
  received(): StopSignal | undefined;
  /** From now on a signal no longer cuts off requests. */
  protectWrites(): void;
  /** Gives the signals back to their defaults. */
  release(): void;
}

/**
 * Asks whoever is there whether the plan is to be carried out. Resolves when it is; fails with `refused` when it
 * is not.
 */
export type ConfirmPlan = (project: Project, plan: Plan) => Promise<void>;
