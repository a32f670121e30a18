import { verdictClass, verdictKinds } from '@tidemark/core';
import { expect, test } from 'vitest';
import { disorderOf, runs } from './disorder.ts';

// Real disorder: departures from New York that are heard of when the flight lands, 39 min to 12 h later, in the order of landing. In
// these days there are a blizzard, in which nothing flew, and the outage of one airline's computers. Nobody was cut off from a broker.

test.for(runs)('$what, $speed times as fast: nobody is accused', (run) => {
  const { records, late, lateBy, incidents } = disorderOf(run);
  expect(incidents).toEqual([]);
  expect(late).toBeGreaterThan(0.7 * records);
  const of = (kinds: readonly (keyof typeof lateBy)[]) => kinds.reduce((sum, kind) => sum + (lateBy[kind] ?? 0), 0);
  // A carrier with a dozen flights in half a day is not known well enough.
  const undecided = of(['undecided']);
  expect(undecided / late).toBeLessThan(0.25);
  expect(of(['outOfOrderSource', 'ordinary']) / (late - undecided)).toBeGreaterThan(0.99);
  expect(of(verdictKinds.filter((kind) => verdictClass[kind] === 'falsely late')) / late).toBeLessThan(0.001);
});
