import { Failure } from '../../model/errors.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { type Leased, withLease } from '../../operations/session/opener.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/**
 * Hands a state to the present environment after a rename in the project file. `from` must be what the state says
 * it belongs to, so that nobody takes over another one by mistake.
 */
export const claimState = defineCommand({
  usage: 'claim <project/environment>',
  options: (command) => command,
  run: async (context, [from]) => {
    const project = await gatherProject(context);
    const own = `${project.name}/${project.environment.name}`;
    const claim = async ({ session }: Leased): Promise<number> => {
      const state = session.current();
      const found = state === undefined ? undefined : `${state.project}/${state.environment}`;
      if (state === undefined || found === undefined) {
        throw new Failure('usage', `there is no state to claim for ${own}`, {
          code: 'STATE_MISSING',
          hint: 'a state file has the name of its environment: rename the file too',
        });
      }
      if (found !== from && found !== own) {
        throw new Failure('refused', `the state belongs to ${found}, not to ${from}`, {
          code: 'STATE_FOREIGN',
          hint: 'check `state` in assistantctl.yaml: this may be the state of something else',
          details: { project: state.project, environment: state.environment },
        });
      }
      const renamed = { ...state, project: project.name, environment: project.environment.name };
      if (found !== own) await session.record({ op: 'init', state: renamed });
      context.print(`The state of ${from} is now that of ${own}.\n`);
      return EXIT_DONE;
    };
    return await withLease(context, project, claim, { anyOwner: true });
  },
});
