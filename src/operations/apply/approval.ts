import { Failure } from '../../model/errors.ts';
import type { Environment } from '../../model/project.ts';

/**
 * A protected environment is changed from what was approved otherwise (a saved plan, a person who will be asked), or
 * when its name was typed. Fails with `refused` before anything else happens; also when another environment's name was
 * typed than the one at work. `approved` may be a list with commas; for several environments at work it need not name
 * each.
 */
export function requireApproval(
  environment: Environment,
  approved: string | undefined,
  approvedOtherwise: boolean,
  several = false,
): void {
  const names = approved?.split(',').map((name) => name.trim()) ?? [];
  const named = names.includes(environment.name);
  if (approved?.trim() === '') {
    throw new Failure('refused', '--approve is empty: it names no environment', {
      code: 'APPROVAL_MISMATCH',
      hint: `is the variable set that it comes from? write --approve ${environment.name}`,
    });
  }
  if (approved !== undefined && !named && !several) {
    throw new Failure(
      'refused',
      `--approve names ${approved}, but the environment at work is ${environment.name}`,
      { code: 'APPROVAL_MISMATCH', hint: `choose the environment with --env ${approved}` },
    );
  }
  if (!environment.protected || approvedOtherwise || named) return;
  throw new Failure('refused', `environment ${environment.name} is protected`, {
    code: 'APPROVAL_NEEDED',
    hint: `apply a saved plan (plan --env ${environment.name} --out FILE), or add --approve ${environment.name}`,
  });
}
