import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endWorlds } from '../support/world.ts';
import { tellFigures } from './figures.ts';
import { follow } from './follow.ts';
import { story } from './random-rounds.ts';

/** `npm run sweep` asks for thousands, in slices of one seed each. */
const STORIES = Number(process.env.SWEEP_STORIES ?? 100);
const SEED = Number(process.env.SWEEP_SEED ?? 20_261_122);

describe('random specs, edits, live edits, faults, crashes and API variants', () => {
  it(
    `converge after one clean apply, with no twin and nothing lost: ${STORIES} stories`,
    async () => {
      const total = { stories: 0, rounds: 0, requests: 0, crashes: 0, faults: 0 };
      const property = fc.asyncProperty(story, async (one) => {
        try {
          const { rounds, requests, crashes, faults } = await follow(one);
          total.stories += 1;
          total.rounds += rounds;
          total.requests += requests;
          total.crashes += crashes;
          total.faults += faults;
        } finally {
          await endWorlds();
        }
      });
      // A breach is told before the test's own time is over, shrunk as far as it came.
      const inTime = { interruptAfterTimeLimit: STORIES * 5_000, markInterruptAsFailure: true };
      await fc.assert(property, { numRuns: STORIES, seed: SEED, ...inTime });
      await tellFigures({ test: 'random', seed: SEED, ...total });
      expect(total.stories).toBe(STORIES);
    },
    STORIES * 6_000,
  );
});
