import { describe, expect, test } from 'vitest';
import { causesOf, expand } from '../scenarios/truth.ts';
import type { Range } from './draft.ts';
import { judgedOf } from './judged.ts';
import { worldOf } from './recipes.ts';
import { run } from './run.ts';

interface Row {
  readonly family: string;
  readonly seed: number;
  readonly range?: Range;
  readonly why: string;
}

// Worlds of our own, none of them known when the product was made: what happened is found, and nobody else is accused.

describe.for<Row>([
  { family: 'calm', seed: 1, why: 'nothing happens' },
  { family: 'disconnect', seed: 3, why: 'a producer is cut off' },
  { family: 'disconnect-slow-drain', seed: 6, why: 'its backlog comes slowly: one cut, not several' },
  { family: 'clock-drift', seed: 19, why: 'a clock runs away slowly' },
  { family: 'anonymous-shared', seed: 28, why: 'one of several nameless producers is cut off' },
  { family: 'cut-of-clock-ahead', seed: 32, why: 'it is cut off while its clock is ahead' },
  { family: 'cut-of-clock-behind', seed: 33, why: 'its clock is set back while it is cut off' },
  { family: 'cut-of-clock-behind', seed: 89, why: 'it is cut off while its clock is behind' },
  { family: 'drift-and-cut', seed: 52, why: 'one clock runs away, another producer is cut off' },
  { family: 'backfill-in-cut', seed: 35, why: 'a job replays while a producer is cut off' },
  { family: 'microbatch', seed: 20141, range: 'wide', why: 'a shipper sends in bursts to many partitions' },
  { family: 'slow-in-cut', seed: 20156, range: 'wide', why: 'a jumpy link is no cut' },
  { family: 'sparse-cut', seed: 20053, range: 'wide', why: 'a producer is cut off that hardly says a word' },
  { family: 'broker', seed: 20022, range: 'wide', why: 'one comes back late over a slow link: the broker was down' },
  { family: 'flapping', seed: 20121, why: 'a partition gets one record in each cut: no clock does that' },
  {
    family: 'cut-with-backoff',
    seed: 50_001,
    why: 'its partitions come back one by one: the first is no proof for the others',
  },
  { family: 'flapping-with-backoff', seed: 50_002, why: 'the same, cut off again and again' },
  { family: 'rack', seed: 1007, range: 'wide', why: 'several are back at once, over slow links' },
])('$family, seed $seed: $why', ({ family, seed, range = 'like' }) => {
  const { said, truth, missed, falsely } = judgedOf(worldOf(family, seed, range));

  test('all that happened is found, and nothing else', () =>
    expect({ missed, falsely }).toEqual({ missed: [], falsely: [] }));

  test('late and dropped records are exactly those', () => {
    const exactly = (causes: ReadonlyMap<number, unknown>): number[] => [...causes.keys()].sort((a, b) => a - b);
    expect(expand(said.late)).toEqual(exactly(causesOf(truth, truth.late)));
    expect(expand(said.dropped)).toEqual(exactly(causesOf(truth, truth.dropped)));
  });
});

test('without its fault, a world is the same but for what the fault did', () => {
  const world = worldOf('disconnect', 3, 'like');
  const [fault] = world.faults;
  const [real, calm] = [run(world, world.faults), run(world, [])];
  expect(fault?.kind).toBe('disconnect');
  const cut = fault?.kind === 'disconnect' ? fault.producer : -1;
  const others = ({ appends }: typeof real) =>
    appends.filter(({ event }) => event.producer !== cut).map(({ event, appendMs }) => [event.eventMs, appendMs]);
  expect(others(real)).toEqual(others(calm));
  const heldUp = real.appends.filter(
    ({ event, appendMs }, i) => appendMs !== calm.appends[i]?.appendMs && event.producer === cut,
  );
  expect(heldUp.length).toBeGreaterThan(3);
});
