import { Failure } from '../model/errors.ts';
import type { Happening } from '../model/event.ts';
import { emit } from '../operations/events/emit.ts';
import { gatherProject } from '../operations/session/inputs.ts';
import type { Context } from './context.ts';

/** The same for a command that ended with a failure, which stays the one that is told. */
export async function tellFailure(
  context: Context,
  happenings: (environment: string) => readonly Happening[],
): Promise<void> {
  try {
    await tellEvents(context, happenings, true);
  } catch (error) {
    // A project file that cannot be read is that failure itself.
    if (!(error instanceof Failure)) throw error;
  }
}

/** Tells what happened to the file of `--events` and, where a command wrote something, to whom the project names. */
export async function tellEvents(
  context: Context,
  happenings: (environment: string) => readonly Happening[],
  notify: boolean,
  environment = context.flags.env,
): Promise<void> {
  const { events: file } = context.flags;
  const receivers = Object.keys(context.runtime.env).some((name) => name.startsWith('ASSISTANTCTL_NOTIFY'));
  if (file === undefined && !(notify && receivers)) return;
  const project = await gatherProject(context, environment);
  const name = project.environment.name;
  await emit(context, happenings(name), { file, project: project.name, environment: name, notify });
}
