import { runController } from '../../controller/controller.ts';
import { parseDuration } from '../../model/duration.ts';
import { Failure } from '../../model/errors.ts';
import { defineCommand } from '../define.ts';
import { exitCodeOf } from '../exit-codes.ts';

/** Follows a branch until it is stopped. */
export const controller = defineCommand({
  usage: 'controller',
  options: (command) =>
    command
      .option('--repo <url>', 'repository to follow; . is the origin of this one', '.')
      .option('--branch <name>', 'branch to follow', 'main')
      .option('--interval <duration>', 'between two fetches', '60s')
      .option('--drift-interval <duration>', 'between two looks at everything that is live', '1h')
      .option('--data <dir>', 'folder for its own clones', '.assistantctl/controller')
      .option('--listen <address>', 'health, metrics and status', '127.0.0.1:9464')
      .option('--trust-branch', 'every commit of the branch counts as reviewed and approved')
      .option('--single', 'there is one replica, so that a state in a file will do'),
  run: async (context, _args, flags) => {
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
  },
});

function durationOf(name: string, text: string): number {
  const found = parseDuration(text);
  if (found !== undefined && found > 0) return found;
  throw new Failure('usage', `${name} ${text} is no duration`, {
    code: 'OPTION_INVALID',
    hint: 'write it like 60s or 1h',
  });
}
