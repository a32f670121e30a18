import { describe, expect, test } from 'vitest';
import { assessmentOf } from '../test/story.ts';
import { incidentView } from './incident-view.ts';

const nowMs = 1_772_366_400_000;
const cut = assessmentOf({ nowMs, cut: { sinceS: 100, forS: 30 } }).incidents[0]!;
const ahead = assessmentOf({ nowMs, ahead: { sinceS: 60, byMs: 5_000 } }).incidents[0]!;

/** The evidence as a reader hears it; instants relative to the start of the story. */
function read(incident: typeof cut, name: string): string | undefined {
  const row = incidentView(incident).facts.find((it) => it.name === name);
  return row?.value.map((cell) => (typeof cell === 'string' ? cell : `[${cell.atMs - nowMs}]`)).join('');
}

describe('the evidence of a cut', () => {
  test.for([
    { name: 'Cut off from', want: '[-100030] to [-99760], 270 ms wide (proved)' },
    { name: 'Until', want: '[-71400] to [-70000], 1.4 s wide (assumed: its producer retries once a second)' },
    { name: 'Late records', want: '1,200, at most 30 s late' },
    { name: 'Dropped', want: '960 by policy tumbling 5s grace 5s (grace 5 s)' },
    { name: 'Dropped offsets', want: 'orders-1: 71002–71481\norders-3: 70871–71350' },
    { name: 'Grace that keeps all', want: '29 s (to the millisecond: 28,683 ms)' },
    { name: 'Culprit record', want: 'orders-0@143201 of A, event time [-94988], processed [-94955]' },
    { name: 'Silence at the broker', want: '30 s; usually it speaks every 25 ms' },
    { name: 'Consumer', want: 'group order-counts, task order-counts/member-1' },
    { name: 'Partitions', want: 'orders-1, orders-3' },
  ])('$name', ({ name, want }) => expect(read(cut, name)).toBe(want));

  test('in four figures', () => {
    expect(incidentView(cut).figures.map((it) => `${it.name} ${it.value}`)).toEqual([
      'cut off 29 s',
      'falsely late 1,200',
      'dropped 960',
      'grace needed 29 s',
    ]);
  });

  test('and how far the grace would have had to reach', () => {
    expect(incidentView(cut).graces).toEqual([
      {
        policy: 'tumbling 5s grace 5s',
        graceMs: 5_000,
        neededMs: 29_000,
        text: 'tumbling 5s grace 5s: its grace of 5 s lost 960 records; 29 s would have kept all.',
      },
    ]);
  });

  test('and what else would have saved them', () => {
    expect(incidentView(cut).remedies).toEqual([
      'A grace of 29 s would have kept all of them. Its price: what waits for a window to close waits so much longer.',
    ]);
  });

  test('one that lasts has no end and no length yet', () => {
    const { end: _, ...lasting } = cut;
    expect(read(lasting, 'Until')).toBe('it still lasts');
    expect(incidentView(lasting).figures[0]).toEqual({ name: 'cut off', value: 'still lasting' });
  });

  test('many ranges are bounded, and what is left out is counted', () => {
    const ranges = Array.from({ length: 40 }, (_, index) => [index * 10, index * 10 + 3] as const);
    const dropped = cut.dropped.map((drops) => ({
      ...drops,
      overflow: 7,
      offsets: Array.from({ length: 12 }, (_, partition) => ({ topic: 'orders', partition, ranges })),
    }));
    const text = read({ ...cut, dropped }, 'Dropped offsets');
    expect(text).toContain('70–73 and 32 more');
    expect(text).toContain('and 4 more partitions');
    expect(text).toContain('and 7 records beyond what an agent lists');
  });
});

describe('the evidence of a clock that is ahead', () => {
  test.for([
    { name: 'Ahead from', want: '[-60000] to [-59800], 200 ms wide (proved)' },
    { name: 'Its clock is ahead', want: 'by +4.97 s to +5.00 s' },
    { name: 'Proof', want: 'orders-0@143201, event time [-55000]' },
  ])('$name', ({ name, want }) => expect(read(ahead, name)).toBe(want));

  test('without a policy nothing is said of drops', () => {
    expect(incidentView(ahead).figures.map((it) => it.name)).toEqual(['lasted', 'falsely late']);
  });
});
