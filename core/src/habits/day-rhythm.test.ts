import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { type DaySource, type Days, dayMs, hourMs, liveThrough, mondayMs } from '../../test/simulated-days.ts';
import type { SourceAssessment } from '../assess/assessment.ts';
import type { Incident } from '../incidents/incident.ts';

// A source that is quiet each night is not suspected each night, and one that never is at noon is.

const seeds = [1, 2, 3, 4];
const a: DaySource = { gapMs: () => 40_000 };
const hourOf = (atMs: number): number => (atMs % dayMs) / hourMs;
const isBetween = (atMs: number, from: number, to: number): boolean => hourOf(atMs) >= from && hourOf(atMs) < to;
const isNight = (atMs: number): boolean => !isBetween(atMs, 6, 22);
const quietAtNight = (atMs: number): number | undefined => (isNight(atMs) ? undefined : 15_000);

interface Lived {
  /** Suspicions of B, oldest first: when each began, in days. */
  readonly suspected: readonly { readonly atDay: number; readonly last: Incident }[];
  readonly seen: (atMs: number) => SourceAssessment;
}

function live(seed: number, days: number, b: DaySource, isSnapshot = false): Lived {
  const incidents = new Map<string, Incident>();
  const rows = new Map<number, SourceAssessment>();
  const story: Days = { seed, days, sources: { A: a, B: b } };
  liveThrough(story, (assessment, atMs, state) => {
    for (const incident of assessment.incidents) incidents.set(incident.id, incident);
    const row = assessment.tasks[0]!.sources.find(({ source }) => source.kind === 'named' && source.name === 'B');
    if (row !== undefined) rows.set(atMs, row);
    return isSnapshot && atMs % (6 * hourMs) === 0 ? deserialize(serialize(state)) : state;
  });
  const suspected = [...incidents.values()].map((last) => ({
    atDay: (last.revisions[0]!.atMs - mondayMs) / dayMs,
    last,
  }));
  return { suspected: suspected.sort((x, y) => x.atDay - y.atDay), seen: (atMs) => rows.get(Math.round(atMs))! };
}

const from = (lived: Lived, day: number, to = 99): number[] =>
  lived.suspected.map(({ atDay }) => atDay).filter((atDay) => atDay >= day && atDay < to);

describe.for(seeds)('seed %i', (seed) => {
  test('quiet each night: suspected on the first nights, never again, and said to be idle', () => {
    const lived = live(seed, 6, { gapMs: quietAtNight });
    expect(from(lived, 0, 2).filter((atDay) => isBetween(atDay * dayMs, 22, 22.2))).toHaveLength(2);
    expect(from(lived, 2)).toEqual([]);
    expect(lived.seen(4 * dayMs + 3 * hourMs)).toMatchObject({
      state: 'idle',
      arrival: { quiet: { fromMs: 22 * hourMs, toMs: 6 * hourMs } },
    });
    expect(lived.seen(4 * dayMs + 3 * hourMs).arrival!.silentUpToMs).toBeGreaterThan(5 * hourMs);
    expect(lived.seen(4 * dayMs + 12 * hourMs).arrival!.silentUpToMs).toBeLessThan(300_000);
  });

  test('but a cut at noon is suspected, each day anew: what was held up is not learnt', () => {
    const days = [3, 4, 5];
    const cuts = days.map((at) => [at * dayMs + 12 * hourMs, at * dayMs + 12.5 * hourMs] as const);
    const lived = live(seed, 7, { gapMs: quietAtNight, cuts });
    for (const day of days) {
      const [found, ...more] = lived.suspected.filter(({ atDay }) => Math.floor(atDay) === day);
      expect(more).toEqual([]);
      expect(hourOf((found?.atDay ?? 0) * dayMs)).toBeGreaterThan(12);
      expect(hourOf((found?.atDay ?? 0) * dayMs)).toBeLessThan(12.2);
      expect(found?.last.revisions.at(-1)?.reason).toBe('it was held up, but cost nothing');
      expect(lived.seen(day * dayMs + 12.4 * hourMs).state).toBe('suspectedCut');
    }
  });

  test('one that does not wake in the morning is missed from then on, for a day', () => {
    const lived = live(seed, 6, { gapMs: (atMs) => (atMs < 3.95 * dayMs ? quietAtNight(atMs) : undefined) });
    const [atDay, ...more] = from(lived, 2);
    expect(more).toEqual([]);
    expect(atDay).toBeGreaterThan(4 + 6 / 24);
    expect(atDay).toBeLessThan(4 + 8.1 / 24);
    expect(lived.seen(4 * dayMs + 12 * hourMs).suspicion?.usualNowMs).toBeLessThan(300_000);
    expect(lived.seen(4.8 * dayMs).state).toBe('suspectedCut');
    expect(lived.seen(5 * dayMs)).toBeUndefined();
    expect(lived.suspected.at(-1)!.last.status).toBe('withdrawn');
  });

  test('the first weekend is news, the second is not, nor is a Monday; a silence on a Wednesday is', () => {
    const gapMs = (atMs: number): number | undefined =>
      Math.floor(atMs / dayMs) % 7 >= 5 || isNight(atMs) ? undefined : 15_000;
    const wednesday = [9 * dayMs + 12 * hourMs, 9 * dayMs + 12.5 * hourMs] as const;
    const lived = live(seed, 15, { gapMs, cuts: [wednesday] });
    expect(from(lived, 2, 7)).toHaveLength(1);
    expect(from(lived, 7).map(Math.floor)).toEqual([9]);
  });

  test('a new rhythm is believed after two days', () => {
    const lived = live(seed, 10, {
      gapMs: (atMs) => (atMs < 5 * dayMs ? quietAtNight(atMs) : isBetween(atMs, 13, 20) ? undefined : 15_000),
    });
    expect(from(lived, 2).map(Math.floor)).toEqual([5, 6]);
  });

  test.for([-1, 1])('the clocks are changed by %i hour: nobody is suspected of it', (byHours) => {
    const lived = live(seed, 9, { gapMs: (atMs) => quietAtNight(atMs < 5 * dayMs ? atMs : atMs + byHours * hourMs) });
    expect(from(lived, 2)).toEqual([]);
  });

  test('a rate that varies fifty times over the day is no reason', () => {
    const lived = live(seed, 8, { gapMs: (atMs) => (isNight(atMs) ? 500_000 : 10_000) });
    expect(from(lived, 2)).toEqual([]);
  });

  test('a collector that is restarted each quarter of a day knows the same', () => {
    const b: DaySource = { gapMs: quietAtNight, cuts: [[3.5 * dayMs, 3.52 * dayMs]] };
    expect(live(seed, 5, b, true).suspected).toEqual(live(seed, 5, b).suspected);
  });
});
