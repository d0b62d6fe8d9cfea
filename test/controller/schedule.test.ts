import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs, isDue, nextAttempt } from '../../src/controller/schedule.ts';
import { isAuthentic } from '../../src/controller/webhook.ts';

const HERE = { commit: 'a', approvals: [], live: 'x' };
const PACE = { intervalMs: 60_000, chance: 0.5 };

describe('when an environment is worked on', () => {
  it('is at first, and whenever the commit, an approval or what is live moved', () => {
    expect(isDue(undefined, HERE, 0).due).toBe(true);
    const last = nextAttempt(undefined, { circumstances: HERE, at: 0, code: 6 }, PACE);
    expect(isDue(last, { ...HERE, commit: 'b' }, 1).due).toBe(true);
    expect(isDue(last, { ...HERE, approvals: ['sha256:1'] }, 1).due).toBe(true);
    expect(isDue(last, { ...HERE, live: 'y' }, 1).due).toBe(true);
  });

  it.each([3, 5, 6, 9])('is not again by itself after exit code %d', (code) => {
    const last = nextAttempt(undefined, { circumstances: HERE, at: 0, code }, PACE);
    expect(isDue(last, HERE, 365 * 24 * 3_600_000)).toMatchObject({ due: false });
    expect(last.retryAt).toBeUndefined();
  });

  it('is again where the clock was set back by more than any wait', () => {
    const last = nextAttempt(undefined, { circumstances: HERE, at: 10 * 3_600_000, code: 8 }, PACE);
    expect(isDue(last, HERE, 10 * 3_600_000).due).toBe(false);
    expect(isDue(last, HERE, 9 * 3_600_000).due).toBe(true);
  });

  it.each([1, 7, 8])(
    'is again after exit code %d, later each time and at most a quarter of an hour',
    (code) => {
      let last = nextAttempt(undefined, { circumstances: HERE, at: 0, code }, PACE);
      const waits: number[] = [];
      for (let at = 0; waits.length < 12; ) {
        const due = isDue(last, HERE, at);
        expect(due.due).toBe(false);
        at = last.retryAt ?? Number.NaN;
        expect(isDue(last, HERE, at).due).toBe(true);
        waits.push(at - last.at);
        last = nextAttempt(last, { circumstances: HERE, at, code }, PACE);
      }
      expect(waits).toEqual(waits.toSorted((a, b) => a - b));
      expect(Math.max(...waits)).toBeLessThanOrEqual(15 * 60_000);
    },
  );

  it('is not again after success', () => {
    const last = nextAttempt(undefined, { circumstances: HERE, at: 0, code: 0 }, PACE);
    expect(isDue(last, HERE, 1e12).due).toBe(false);
    expect(last.failures).toBe(0);
  });

  it('waits between half and all of the time, so that replicas do not come at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, chance) => {
          const full = Math.min(15 * 60_000, 1_000 * 2 ** (failures - 1));
          const wait = backOffMs(failures, 1_000, chance);
          expect(wait).toBeGreaterThanOrEqual(Math.floor(full / 2));
          expect(wait).toBeLessThanOrEqual(full);
        },
      ),
    );
  });
});

describe('webhooks', () => {
  const secret = 'TEST_WEBHOOK_SECRET';
  const body = Buffer.from('{"ref":"refs/heads/main"}');
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

  it('are taken with the signature of GitHub or the token of GitLab', () => {
    expect(isAuthentic({ body, signature, token: undefined }, secret)).toBe(true);
    expect(isAuthentic({ body, signature: undefined, token: secret }, secret)).toBe(true);
  });

  it('are refused with another body, another secret, or nothing', () => {
    const other = Buffer.from('{}');
    expect(isAuthentic({ body: other, signature, token: undefined }, secret)).toBe(false);
    expect(isAuthentic({ body, signature, token: secret }, 'OTHER')).toBe(false);
    expect(isAuthentic({ body, signature: undefined, token: 'x' }, secret)).toBe(false);
    expect(isAuthentic({ body, signature: undefined, token: undefined }, secret)).toBe(false);
    // A wrong signature is not made good by a right token.
    expect(isAuthentic({ body, signature: 'sha256=00', token: secret }, secret)).toBe(false);
  });
});
