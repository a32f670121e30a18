import { describe, expect, test } from 'vitest';
import { TumblingCounts } from '../../../examples/windows.ts';

const at = (offset: number, partition = 0) => ({ topic: 't', partition, offset: String(offset) });

describe('what the example consumer drops (windows of 5 s, open for 2 s more)', () => {
  test.for([
    { why: 'in order: nothing', eventsMs: [1_000, 4_000, 9_000], dropped: [] },
    { why: 'late, but the window is still open', eventsMs: [6_999, 4_999], dropped: [] },
    { why: 'the stream time reaches the end and grace exactly: closed', eventsMs: [7_000, 4_999], dropped: [1] },
    { why: 'the next window is still open then', eventsMs: [7_000, 5_000], dropped: [] },
    { why: 'the stream time never goes back', eventsMs: [7_000, 5_500, 4_000, 3_000], dropped: [2, 3] },
    { why: 'a record cannot close its own window', eventsMs: [1_000, 60_000], dropped: [] },
    { why: 'before the epoch windows are aligned all the same', eventsMs: [-1, -3_001, 2_000, -1], dropped: [3] },
  ])('$why', ({ eventsMs, dropped }) => {
    const counts = new TumblingCounts({ sizeMs: 5_000, graceMs: 2_000 });
    const refused = eventsMs.map((eventMs, offset) => counts.add('k', eventMs, at(offset)));
    expect(refused.flatMap((r, offset) => (r ? [offset] : []))).toEqual(dropped);
  });

  test.for([
    {
      why: 'the first record that passed its end and grace, not the last',
      eventsMs: [1_000, 7_000, 8_000, 2_000],
      closedBy: '1',
    },
    { why: 'one leap closes several windows', eventsMs: [1_000, 60_000, 61_000, 2_000], closedBy: '1' },
    { why: 'windows from before the first record were closed by it', eventsMs: [60_000, 70_000, 2_000], closedBy: '0' },
    { why: 'each window has its own', eventsMs: [7_000, 11_999, 12_000, 5_000], closedBy: '2' },
  ])('who closed the window: $why', ({ eventsMs, closedBy }) => {
    const counts = new TumblingCounts({ sizeMs: 5_000, graceMs: 2_000 });
    const refused = eventsMs.map((eventMs, offset) => counts.add('k', eventMs, at(offset)));
    expect(refused.at(-1)?.closedBy.offset).toBe(closedBy);
  });

  test('partitions share one stream time', () => {
    const counts = new TumblingCounts({ sizeMs: 5_000, graceMs: 2_000 });
    counts.add('k', 7_000, at(0, 0));
    expect(counts.add('k', 1_000, at(0, 1))?.closedBy).toEqual(at(0, 0));
  });

  test('counts are final when their window closes, and told once', () => {
    const counts = new TumblingCounts({ sizeMs: 5_000, graceMs: 2_000 });
    for (const [key, eventMs] of [
      ['a', 1_000],
      ['b', 2_000],
      ['a', 3_000],
      ['a', 6_000],
    ] as const)
      counts.add(key, eventMs, at(0));
    expect(counts.takeClosed()).toEqual([]);
    counts.add('a', 7_000, at(0));
    expect(counts.takeClosed()).toEqual([{ windowStartMs: 0, windowEndMs: 5_000, counts: { a: 2, b: 1 } }]);
    expect(counts.takeClosed()).toEqual([]);
  });
});
