import { Failure } from '../../model/errors.ts';
import type { Environment } from '../../model/project.ts';

/**
 * A protected environment is changed from what was approved otherwise (a saved plan, a person who will be asked), or
 * when its name was typed. Fails with `refused`
 * before anything else happens; also when another environment's name was typed than the one at work.
 */
export function requireApproval(
  environment: Environment,
  approved: string | undefined,
  approvedOtherwise: boolean,
): void {
  if (approved !== undefined && approved !== environment.name) {
    throw new Failure(
      'refused',
      `--approve names ${approved}, but the environment at work is ${environment.name}`,
      { code: 'APPROVAL_MISMATCH', hint: `choose the environment with --env ${approved}` },
    );
  }
  if (!environment.protected || approvedOtherwise || approved !== undefined) return;
  throw new Failure('refused', `environment ${environment.name} is protected`, {
    code: 'APPROVAL_NEEDED',
    hint: `apply a saved plan (plan --env ${environment.name} --out FILE), or add --approve ${environment.name}`,
  });
}
