import type { Address } from '../../model/address.ts';
import { Failure } from '../../model/errors.ts';
import type { State } from '../../model/state.ts';

/** The address has no binding. */
export function notBound(address: Address, state: State | undefined): Failure {
  const known = Object.keys(state?.resources ?? {}).sort();
  return new Failure('usage', `${address} is not bound in the state`, {
    code: 'NOT_BOUND',
    hint: known.length === 0 ? 'the state is empty' : 'assistantctl state list shows what is bound',
    details: { address },
  });
}

/** The address or the live resource is bound already, and to something else. */
export function boundOtherwise(address: Address, bound: Address, id: string): Failure {
  return new Failure('refused', `${address} cannot be bound: ${bound} is bound to ${id}`, {
    code: 'ALREADY_BOUND',
    hint: `assistantctl state rm ${bound} forgets that binding and leaves the live resource alone`,
    details: { address: bound, remote_id: id },
  });
}
