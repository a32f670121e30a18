import { describe, expect, test } from 'vitest';
import { type DaySource, hourMs, liveThrough, mondayMs } from '../../test/simulated-days.ts';
import type { Incident } from '../incidents/incident.ts';

// A producer that is cut off from one broker only is suspected there, and nobody else is.

const seeds = [1, 2, 3, 4];
const a: DaySource = { gapMs: () => 20_000, partitions: 4 };
const cutMs = 9.1 * hourMs;
const backMs = cutMs + 270_000;

function live(seed: number, b: DaySource, days = 0.5): { readonly last: Incident; readonly during: Incident }[] {
  const first = new Map<string, Incident>();
  const last = new Map<string, Incident>();
  liveThrough(
    { seed, days, everyMs: 30_000, sources: { A: a, B: { partitions: 4, ...b } } },
    ({ incidents }, _, state) => {
      for (const incident of incidents) {
        if (incident.status === 'suspected') first.set(incident.id, incident);
        last.set(incident.id, incident);
      }
      return state;
    },
  );
  const found = [...last].map(([id, incident]) => ({ last: incident, during: first.get(id)! }));
  return found.filter(({ during }) => during.suspicion?.leader !== undefined);
}

describe.for(seeds)('seed %i', (seed) => {
  test('cut off from one broker: suspected there, with its partitions there, until what was held up comes', () => {
    const found = live(seed, { gapMs: () => 3_000, cuts: [[cutMs, backMs]], cutFrom: 1 });
    expect(found).toHaveLength(1);
    const [{ during, last }] = found as [(typeof found)[number]];
    expect(during.source).toEqual({ kind: 'named', name: 'B' });
    expect(during.partitions.map(({ partition }) => partition)).toEqual([11, 13]);
    expect(during.suspicion?.leader).toBe(1);
    expect(during.sentence).toMatch(/B on broker 1 \(orders-11, orders-13\)/);
    expect(during.start.lowMs).toBeLessThanOrEqual(mondayMs + cutMs);
    expect(during.revisions[0]!.atMs).toBeLessThan(mondayMs + backMs);
    expect(last.revisions.map(({ status, reason }) => [status, reason])).toEqual([
      ['suspected', 'it is silent on one broker beyond its habit there, while it and others go on'],
      ['withdrawn', 'it was held up, but cost nothing'],
    ]);
  });

  test('its keys have changed: suspected for a moment, then it is said that it writes there no more', () => {
    const found = live(seed, { gapMs: () => 5_000, movesMs: cutMs });
    expect(found.map(({ last }) => last.revisions.at(-1)?.reason)).toEqual(['it writes there no more']);
  });

  test('silent everywhere: no part of it is suspected, it is as a whole', () => {
    expect(live(seed, { gapMs: () => 10_000, cuts: [[cutMs, backMs]] })).toEqual([]);
  });

  test.for<{ why: string; b: DaySource }>([
    { why: 'by chance', b: { gapMs: () => 10_000 } },
    { why: 'as often as the hour wants it', b: { gapMs: (atMs) => (atMs % hourMs < hourMs / 2 ? 10_000 : 60_000) } },
    { why: 'like a clock', b: { gapMs: () => 10_000, regular: 0.9 } },
    { why: 'idle now and then', b: { gapMs: (atMs) => (atMs % hourMs < hourMs / 4 ? undefined : 10_000) } },
  ])('a calm half day of a source that speaks $why: no part of it is suspected', ({ b }) => {
    expect(live(seed, b)).toEqual([]);
  });
});
