import { Failure } from '../../model/errors.ts';
import type { Environment } from '../../model/project.ts';

/** What stands for the approval of a protected environment. */
export interface Approval {
  /** The names that were typed behind `--approve`, with commas. */
  readonly approve: string | undefined;
  /** A saved plan, a reviewed set, or a person who will be asked. */
  readonly otherwise?: boolean;
  /** The command takes a saved plan too. */
  readonly takesPlan?: boolean;
  /** Several environments are at work: not each has to be named. */
  readonly several?: boolean | undefined;
}

/**
 * Fails with `refused` before anything else happens where a protected environment is to be changed without an approval, or
 * where another environment's name was typed than the one at work.
 */
export function requireApproval(
  environment: Environment,
  { approve: approved, otherwise = false, several = false, takesPlan = false }: Approval,
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
  if (!environment.protected || otherwise || named) return;
  throw new Failure('refused', `environment ${environment.name} is protected`, {
    code: 'APPROVAL_NEEDED',
    hint: takesPlan
      ? `apply a saved plan (plan --env ${environment.name} --out FILE), or add --approve ${environment.name}`
      : `add --approve ${environment.name}`,
  });
}
