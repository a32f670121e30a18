import { describe, expect, test } from 'vitest';
import type { FetchCell } from '../report.ts';
import { createPartitionFold, hadErrors, learnFetches, type PartitionFold, stallAt } from './stall.ts';

interface Second {
  readonly atMs: number;
  /** What lies on the broker beyond the position at the end of the second. */
  readonly behind?: number;
  readonly errors?: number;
}

function fold(seconds: readonly Second[]): PartitionFold {
  const partition = createPartitionFold('g', { topic: 't', partition: 0 }, 0);
  for (const { atMs, behind = 0, errors = 0 } of seconds) {
    const cell: FetchCell = {
      topic: 't',
      partition: 0,
      secondMs: atMs,
      asked: 1,
      answered: errors > 0 ? 0 : 1,
      errors,
      firstHighWaterOffset: 100 + behind,
      lastHighWaterOffset: 100 + behind,
      position: 100,
      paused: false,
    };
    learnFetches(partition, cell, atMs);
  }
  return partition;
}

function every(stepMs: number, fromMs: number, toMs: number, more: Omit<Second, 'atMs'> = {}): Second[] {
  return Array.from({ length: Math.floor((toMs - fromMs) / stepMs) }, (_, i) => ({
    atMs: fromMs + i * stepMs,
    ...more,
  }));
}

describe('a partition that its consumer leaves lying', () => {
  test.for([
    { why: 'polls each second', seconds: every(1_000, 0, 60_000), want: [] },
    { why: 'polls each 10 s: its rhythm', seconds: every(10_000, 0, 600_000), want: [] },
    { why: 'pauses', seconds: [...every(1_000, 0, 60_000), ...every(1_000, 90_000, 95_000)], want: [[60_000, 91_000]] },
    {
      why: 'takes less than comes',
      seconds: [
        ...every(1_000, 0, 60_000),
        ...every(1_000, 60_000, 80_000, { behind: 5 }),
        ...every(1_000, 80_000, 85_000),
      ],
      want: [[60_000, 81_000]],
    },
    {
      why: 'behind for a moment',
      seconds: [
        ...every(1_000, 0, 60_000),
        ...every(1_000, 60_000, 63_000, { behind: 5 }),
        ...every(1_000, 63_000, 70_000),
      ],
      want: [],
    },
    {
      why: 'the broker refuses: not the consumer’s doing',
      seconds: [
        ...every(1_000, 0, 60_000),
        ...every(1_000, 60_000, 90_000, { errors: 1 }),
        ...every(1_000, 90_000, 95_000),
      ],
      want: [],
    },
    { why: 'a pause before its rhythm is known', seconds: [{ atMs: 0 }, { atMs: 1_000 }, { atMs: 60_000 }], want: [] },
  ] satisfies { why: string; seconds: Second[]; want: number[][] }[])('$why', ({ seconds, want }) => {
    expect(fold(seconds).stalls.map(({ fromMs, untilMs }) => [fromMs, untilMs])).toEqual(want);
  });

  test('what is processed while it lasts, and a moment longer, waited in it', () => {
    const partition = fold([...every(1_000, 0, 60_000), ...every(1_000, 90_000, 95_000)]);
    expect([59_000, 60_000, 90_000, 92_000, 93_000].map((atMs) => stallAt(partition, atMs) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test('a consumer that has changed its rhythm is not accused for ever', () => {
    const partition = fold([...every(1_000, 0, 60_000), ...every(20_000, 60_000, 2_000_000)]);
    expect(partition.stalls.at(-1)!.fromMs).toBeLessThan(700_000);
  });
});

test('errors are kept as spells', () => {
  const partition = fold([
    ...every(1_000, 0, 10_000),
    ...every(1_000, 10_000, 20_000, { errors: 1 }),
    ...every(1_000, 20_000, 40_000),
  ]);
  expect(partition.errors).toEqual([{ fromMs: 10_000, untilMs: 20_000 }]);
  expect([
    hadErrors(partition, 0, 9_000),
    hadErrors(partition, 5_000, 12_000),
    hadErrors(partition, 21_000, 30_000),
  ]).toEqual([false, true, false]);
});
