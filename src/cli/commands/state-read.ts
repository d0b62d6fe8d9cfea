import { findAddress } from '../../operations/address-argument.ts';
import { notBound } from '../../operations/session/bindings.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { openState } from '../../operations/session/open-state.ts';
import { renderStateList, renderStateShow } from '../../render/terminal/state-text.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { textOrJson } from '../options.ts';

/** Everything that is bound in the environment. */
export const listState = defineCommand({
  usage: 'list',
  options: (command) => textOrJson(command),
  run: async (context, _args, { format }) => {
    const project = await gatherProject(context);
    const state = await openState(context.runtime, project).load();
    if (format === 'json') context.printJson(state ?? { resources: {} });
    else context.print(renderStateList(state, context.style));
    return EXIT_DONE;
  },
});

/** One binding; fails when the address is not bound. */
export const showState = defineCommand({
  usage: 'show <address>',
  options: (command) => textOrJson(command),
  run: async (context, [text], { format }) => {
    const address = await findAddress(context, text);
    const project = await gatherProject(context);
    const state = await openState(context.runtime, project).load();
    const binding = state?.resources[address];
    if (state === undefined || binding === undefined) throw notBound(address, state);
    if (format === 'json') context.printJson({ address, ...binding });
    else context.print(renderStateShow(state, address, context.style) ?? '');
    return EXIT_DONE;
  },
});
