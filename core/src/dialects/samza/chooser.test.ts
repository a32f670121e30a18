import { expect, test } from 'vitest';
import { BatchingChooser, type Chooser, RoundRobinChooser } from './chooser.ts';
import { defaultChooser, type InputStream } from './default-chooser.ts';

/** One line per step: what was offered before the choice, and what was chosen. Streams are letters, partitions digits. */
function play(chooser: Chooser, steps: readonly string[]): string[] {
  const offsets = new Map<string, number>();
  return steps.map((offered) => {
    for (const id of offered.split(' ').filter(Boolean)) {
      const offset = offsets.get(id) ?? 0;
      offsets.set(id, offset + 1);
      chooser.update({ stream: id[0]!, partition: Number(id[1]), offset });
    }
    const chosen = chooser.choose();
    return chosen ? `${chosen.stream}${chosen.partition}` : '-';
  });
}

const stream = (name: string, more: Partial<InputStream> = {}): InputStream => ({
  stream: name,
  partitions: 2,
  bootstrap: false,
  priority: undefined,
  start: [],
  newest: [],
  ...more,
});

test.for([
  {
    why: 'first in, first out',
    chooser: new RoundRobinChooser(),
    steps: ['a0 b0', 'a0', '', ''],
    want: ['a0', 'b0', 'a0', '-'],
  },
  {
    why: 'the highest priority first',
    chooser: defaultChooser([stream('a'), stream('u', { priority: 1 })], undefined),
    steps: ['a0 u0', 'u0', '', ''],
    want: ['u0', 'u0', 'a0', '-'],
  },
  {
    why: 'a batch of three, then the others',
    chooser: new BatchingChooser(new RoundRobinChooser(), 3),
    steps: ['a0 b0', 'a0', 'a0', 'a0', 'b0'],
    want: ['a0', 'a0', 'a0', 'b0', 'b0'],
  },
  {
    why: 'a batch size of one still gives two in a row',
    chooser: new BatchingChooser(new RoundRobinChooser(), 1),
    steps: ['a0 b0', 'a0', 'a0', ''],
    want: ['a0', 'a0', 'b0', 'a0'],
  },
  {
    why: 'nothing passes a bootstrap stream that lags and has nothing waiting',
    chooser: defaultChooser(
      [stream('t', { bootstrap: true, partitions: 1, start: [0], newest: [1] }), stream('e')],
      undefined,
    ),
    steps: ['e0', 't0', '', 't0', '', ''],
    want: ['-', 't0', '-', 't0', 'e0', '-'],
  },
  {
    why: 'a bootstrap stream that starts at its end is not waited for',
    chooser: defaultChooser(
      [stream('t', { bootstrap: true, partitions: 1, start: [5], newest: [4] }), stream('e')],
      undefined,
    ),
    steps: ['e0'],
    want: ['e0'],
  },
  {
    why: 'an empty bootstrap stream is not waited for',
    chooser: defaultChooser([stream('t', { bootstrap: true, partitions: 1, start: [0] }), stream('e')], undefined),
    steps: ['e0'],
    want: ['e0'],
  },
])('$why', ({ chooser, steps, want }) => expect(play(chooser, steps)).toEqual(want));
