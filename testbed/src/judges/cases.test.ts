import { expect, test } from 'vitest';
import { readTrace } from '../vectors/oracles/trace.ts';
import { drawCases } from './cases.ts';
import { engineNamed, engines } from './engines.ts';

test.for(engines.map((engine) => ({ engine, name: engine.name })))('$name: equal seeds, equal cases', ({ engine }) => {
  const cases = drawCases(engine, { seed: 4, count: 30 });
  expect(drawCases(engine, { seed: 4, count: 30 })).toEqual(cases);
  expect(drawCases(engine, { seed: 5, count: 30 })).not.toEqual(cases);
  // A case is drawn by itself: asking for fewer does not change those there are.
  expect(drawCases(engine, { seed: 4, count: 10 })).toEqual(cases.slice(0, 10));
  expect(new Set(cases.map(({ id }) => id)).size).toBe(30);
});

test.for(engines.map((engine) => ({ engine, name: engine.name })))(
  '$name: every trace is one that an engine can have seen',
  ({ engine }) => {
    for (const { trace } of drawCases(engine, { seed: 6, count: 100 })) {
      if (trace !== undefined) expect(readTrace(trace, { arrivalsOrdered: true }).length).toBeGreaterThan(0);
    }
  },
);

test('an engine that nobody knows is named with those that are', () => {
  expect(() => engineNamed('spark')).toThrow('ENGINE: got "spark"; expected one of kafka-streams, flink, beam, samza.');
});
