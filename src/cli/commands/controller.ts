import { runController } from '../../controller/controller.ts';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { exitCodeOf } from '../exit-codes.ts';

export interface ControllerFlags {
  readonly repo: string;
  readonly branch: string;
  readonly interval: string;
  readonly driftInterval: string;
  readonly data: string;
  readonly listen: string;
  readonly trustBranch?: boolean;
  readonly single?: boolean;
}

/** Follows a branch until it is stopped. */
export async function controller(context: Context, flags: ControllerFlags): Promise<number> {
  const { runtime } = context;
  const signal = await runController(runtime, {
    repository: flags.repo,
    branch: flags.branch,
    environments: context.flags.env,
    project: context.flags.project,
    intervalMs: durationOf('--interval', flags.interval),
    driftIntervalMs: durationOf('--drift-interval', flags.driftInterval),
    data: flags.data,
    listen: flags.listen,
    events: context.flags.events,
    trustBranch: flags.trustBranch === true,
    single: flags.single === true,
    exitCodeOf: (kind) => exitCodeOf(kind),
  });
  return exitCodeOf('interrupted', signal);
}

function durationOf(name: string, text: string): number {
  const found = parseDuration(text);
  if (found !== undefined && found > 0) return found;
  throw new Failure('usage', `${name} ${text} is no duration`, {
    code: 'OPTION_INVALID',
    hint: 'write it like 60s or 1h',
  });
}
