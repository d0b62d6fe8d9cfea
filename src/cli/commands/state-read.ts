import { findAddress } from '../../operations/address-argument.ts';
import { notBound } from '../../operations/session/bindings.ts';
import { gatherProject } from '../../operations/session/inputs.ts';
import { openState } from '../../operations/session/open-state.ts';
import { renderStateList, renderStateShow } from '../../render/terminal/state-text.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE } from '../exit-codes.ts';

/** Everything that is bound in the environment. */
export async function listState(context: Context, format: string): Promise<number> {
  const project = await gatherProject(context);
  const state = await openState(context.runtime, project).load();
  if (format === 'json') context.printJson(state ?? { resources: {} });
  else context.print(renderStateList(state, context.style));
  return EXIT_DONE;
}

/** One binding; fails when the address is not bound. */
export async function showState(context: Context, text: string, format: string): Promise<number> {
  const address = await findAddress(context, text);
  const project = await gatherProject(context);
  const state = await openState(context.runtime, project).load();
  const binding = state?.resources[address];
  if (state === undefined || binding === undefined) throw notBound(address, state);
  if (format === 'json') context.printJson({ address, ...binding });
  else context.print(renderStateShow(state, address, context.style) ?? '');
  return EXIT_DONE;
}
