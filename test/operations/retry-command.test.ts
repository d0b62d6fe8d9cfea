import { expect, it } from 'vitest';
import type { ApplyOutcome } from '../../src/apply/apply.ts';
import { parseAddress } from '../../src/model/address.ts';
import type { PlanOptions } from '../../src/model/plan.ts';
import { retryCommand, withRetry } from '../../src/operations/apply/retry-command.ts';

const NOTHING: PlanOptions = { prune: false, recreate: false, take: null, targets: [] };

it('an apply without flags is typed again as it was', () => {
  const environment = { name: 'staging', protected: false };
  expect(retryCommand({ options: NOTHING }, environment, { promote: true })).toBe(
    'assistantctl apply --env staging',
  );
});

it('an apply is typed again with all that it planned and was allowed', () => {
  const address = parseAddress('assistant/billing')?.address;
  if (address === undefined) throw new Error('no address');
  const options: PlanOptions = {
    prune: true,
    recreate: true,
    take: 'git',
    targets: [address],
    revertDrift: 'all',
    releaseHolds: [address],
  };
  const allowed = {
    promote: false,
    overrideLimits: true,
    replace: true,
    allowBehind: true,
    takeOver: ['all'],
    notRenamed: [address],
  };
  expect(retryCommand({ options }, { name: 'production', protected: true }, allowed)).toBe(
    [
      'assistantctl apply --prune --recreate --take git --target assistant/billing --revert-drift all',
      '--release-hold assistant/billing --no-promote --override-limits --replace --allow-behind --take-over all',
      '--not-renamed assistant/billing --approve production --env production',
    ].join(' '),
  );
});

it('an apply of what was reviewed is typed again with its source, which approves it', () => {
  const environment = { name: 'production', protected: true };
  expect(retryCommand({ options: NOTHING }, environment, { promote: true, reviewed: [] })).toBe(
    'assistantctl apply --reviewed SOURCE --env production',
  );
});

it('after a failed gate the corrected change is planned first, with the same flags', () => {
  const failed: ApplyOutcome = {
    format_version: '1.0',
    plan_digest: '',
    outcome: 'partial',
    results: [],
    next: '',
    exitKind: 'gate',
  };
  const plan = { options: { ...NOTHING, prune: true } };
  const { next } = withRetry(failed, { plan, environment: { name: 'staging' }, again: 'the same' });
  expect(next).toBe('assistantctl plan --prune --env staging');
});
