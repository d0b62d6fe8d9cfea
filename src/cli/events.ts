import { Failure } from '../model/errors.ts';
import type { Happening } from '../model/event.ts';
import { emit } from '../operations/events/emit.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import type { Context } from './context.ts';

interface EmitEventsOptions {
  /** The command wrote something, so that the receivers that the project names hear of it. */
  readonly notify: boolean;
  /** Environment that the command worked on; absent: that of `--env`. */
  readonly environment?: string | undefined;
}

/** Tells that a command failed. Where telling fails as well, the command still ends with its own failure. */
export async function emitFailure(
  context: Context,
  happenings: (environment: string) => readonly Happening[],
): Promise<void> {
  try {
    await emitEvents(context, happenings, { notify: true });
  } catch (error) {
    // The project file cannot be read: the command failed for that very reason.
    if (!(error instanceof Failure)) throw error;
  }
}

/** Appends events to the file of `--events` and, with `notify`, sends them to the receivers that the project names. */
export async function emitEvents(
  context: Context,
  happenings: (environment: string) => readonly Happening[],
  { notify, environment = context.flags.env }: EmitEventsOptions,
): Promise<void> {
  const { events: file } = context.flags;
  const receivers = Object.keys(context.runtime.env).some((name) => name.startsWith('ASSISTANTCTL_NOTIFY'));
  if (file === undefined && !(notify && receivers)) return;
  const project = await gatherProject(context, environment);
  const name = project.environment.name;
  await emit(context, happenings(name), { file, project: project.name, environment: name, notify });
}
