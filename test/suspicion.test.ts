import {
  type Assessment,
  assess,
  createState,
  firstAssessment,
  type Incident,
  ingest,
  isConfirmed,
  type Policy,
} from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { type Span, type Story, type StoryProducer, tell } from '../testbed/src/story/story.ts';

// What is said of a source while it is silent, when nobody can know yet whether it is cut off or idle.

const startMs = 1_700_000_000_000;
const policy: Policy = { id: 'p', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 };
const a: StoryProducer = { name: 'A', ratePerSecond: 40 };
const span: Span = { fromMs: 40_000, toMs: 70_000 };
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

function story(seed: number, ...producers: StoryProducer[]): Story {
  return { seed, startMs, durationMs: 110_000, partitions: 1 + (seed % 4), producers, policy };
}

/** Every assessment on the way, one a second. */
function assessments(told: Story): Assessment[] {
  const state = createState();
  const all: Assessment[] = [];
  for (const report of tell(told).reports) {
    ingest(state, report, report.toMs);
    all.push(assess(all.at(-1) ?? firstAssessment(startMs), state, report.toMs));
  }
  return all;
}

const at = (all: readonly Assessment[], ms: number): Assessment => all.findLast(({ nowMs }) => nowMs <= startMs + ms)!;
const turns = ({ revisions }: Incident): string[] => revisions.map(({ status }) => status);

describe.for(seeds)('seed %i', (seed) => {
  test('a cut is suspected while it lasts, and its return confirms the same incident', () => {
    const all = assessments(story(seed, a, { name: 'B', ratePerSecond: 30, cut: span }));
    const { incidents, tasks } = at(all, 65_000);
    expect(incidents).toMatchObject([{ status: 'suspected', kind: 'producerCutOff', source: { name: 'B' } }]);
    const [incident] = incidents as [Incident];
    expect(incident.start.lowMs).toBeLessThanOrEqual(startMs + span.fromMs);
    expect(incident.start.highMs).toBeGreaterThanOrEqual(startMs + span.fromMs - 100);
    expect(incident.suspicion?.likelihood).toBeCloseTo(0.5, 1);
    expect(tasks[0]!.sources.map(({ source, state }) => [source, state])).toContainEqual([
      { kind: 'named', name: 'B' },
      'suspectedCut',
    ]);
    const last = all.at(-1)!;
    expect(last.incidents).toHaveLength(1);
    expect(turns(last.incidents[0]!)).toEqual(['suspected', 'open', 'closed']);
    expect(last.incidents[0]!.id).toBe(incident.id);
    expect(last.incidents[0]!.forecast).toBeUndefined();
    expect(last.incidents[0]!.detectedAtMs).toBeGreaterThanOrEqual(startMs + span.toMs);
  });

  test('an idle source is suspected of nothing that does not go away', () => {
    const all = assessments(story(seed, a, { name: 'B', ratePerSecond: 30, idle: span }));
    expect(all.flatMap(({ incidents }) => incidents).filter(isConfirmed)).toEqual([]);
    const last = all.at(-1)!;
    expect(last.incidents.map(turns)).toEqual([['suspected', 'withdrawn']]);
    expect(last.incidents[0]!.sentence).toMatch(/^Nothing happened: B was silent .*: it was idle\.$/);
    expect(last.tasks[0]!.forecast).toBeUndefined();
  });

  test('one that is cut off in its first seconds is not taken for an idle one when it is back', () => {
    const early: Span = { fromMs: 2_000, toMs: 30_000 };
    const last = assessments(story(seed, a, { name: 'B', ratePerSecond: 30, cut: early })).at(-1)!;
    expect(last.incidents.map(turns)).toEqual([['suspected', 'withdrawn']]);
    expect(last.incidents[0]!.sentence).toMatch(
      /^Not known what happened: B was silent .*\(missing: a history of this source\)\.$/,
    );
    expect(last.incidents[0]!.suspicion).toMatchObject({
      undecided: 'a history of this source',
      earlier: { idle: 0, cut: 0 },
    });
  });

  test('what it would cost is forecast as it turns out when the source comes back at that moment', () => {
    for (const backMs of [50_000, 60_000, 68_000]) {
      const b: StoryProducer = { name: 'B', ratePerSecond: 30, cut: { ...span, toMs: backMs } };
      const all = assessments(story(seed, a, b));
      // The last report of the silence; the burst comes 0.3 s after the cut's end.
      const { forecast } = at(all, backMs).tasks[0]!;
      const { tasks } = all.at(-1)!;
      const lost = tasks[0]!.dropped[0]!.count;
      const slack = 30 + 0.1 * lost;
      expect(forecast?.heldRecords).toBeGreaterThan(30 * 0.9 * ((backMs - span.fromMs) / 1000) - slack);
      expect(
        Math.abs((forecast?.policies[0]?.lostRecords ?? 0) - lost),
        `back at ${backMs}: ${lost} lost`,
      ).toBeLessThan(
        // A window may close between the forecast and the return.
        slack + 30 * (policy.window.sizeMs / 1000),
      );
    }
  });

  test('the time left until the first loss runs out when the first would be lost', () => {
    const slow: Policy = { ...policy, graceMs: 10_000 };
    const all = assessments({ ...story(seed, a, { name: 'B', ratePerSecond: 30, cut: span }), policy: slow });
    const foretold = at(all, 48_000).tasks[0]!.forecast!.policies[0]!;
    expect(foretold.lostRecords).toBe(0);
    const firstLostMs = 48_000 + foretold.firstLostInMs;
    expect(at(all, firstLostMs - 1_500).tasks[0]!.forecast!.policies[0]!.lostRecords).toBe(0);
    expect(at(all, firstLostMs + 1_500).tasks[0]!.forecast!.policies[0]!.lostRecords).toBeGreaterThan(0);
  });

  test('when everybody is silent, nothing moves on, and nobody is suspected', () => {
    const all = assessments(story(seed, { ...a, idle: span }, { name: 'B', ratePerSecond: 30, cut: span }));
    expect(at(all, 65_000).incidents).toEqual([]);
    expect(at(all, 65_000).tasks[0]!.sources.map(({ state }) => state)).toEqual(['idle', 'idle']);
  });

  test('two cuts at once are two incidents, each with its own source', () => {
    const b: StoryProducer = { name: 'B', ratePerSecond: 30, cut: span };
    const c: StoryProducer = { name: 'C', ratePerSecond: 20, cut: { fromMs: 45_000, toMs: 80_000 } };
    const all = assessments(story(seed, a, b, c));
    const suspected = at(all, 65_000).incidents;
    expect(suspected.map(({ status, source }) => [status, source])).toEqual([
      ['suspected', { kind: 'named', name: 'C' }],
      ['suspected', { kind: 'named', name: 'B' }],
    ]);
    expect(at(all, 65_000).tasks[0]!.forecast?.sources).toHaveLength(2);
    expect(all.at(-1)!.incidents.map(turns)).toEqual([
      ['suspected', 'open', 'closed'],
      ['suspected', 'open', 'closed'],
    ]);
  });
});
