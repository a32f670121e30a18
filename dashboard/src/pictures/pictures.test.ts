import { type Incident, type IncidentKind, verdictKinds } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { everyKind } from '../../test/story-kinds.ts';
import { ticks } from '../panels/picture.ts';
import { pictureOf } from './index.ts';
import type { Picture, Way } from './picture.ts';

const nowMs = 1_772_366_400_000;
const incidents = everyKind(nowMs);
const startMs = nowMs - 100_000;
const pictureOfKind = (kind: IncidentKind): Picture =>
  pictureOf(incidents.find((it) => it.kind === kind) as Incident, nowMs);

/** How far each line between two rows runs to the right, in seconds, from the first on. */
const slants = (ways: readonly Way[]): number[] => ways.map((way) => Math.round((way.toMs - way.fromMs) / 100) / 10);

describe('how the lines lie is the finding', () => {
  test.for([
    { kind: 'producerCutOff', why: 'held, then let go: they melt to nothing', want: [30.3, 24.2, 18.2, 12.1, 6.1, 0] },
    { kind: 'brokerOutage', why: 'the same, of everyone', want: [30.3, 24.2, 18.2, 12.1, 6.1, 0] },
    { kind: 'clockAhead', why: 'backwards: no delay does that', want: [-5] },
    { kind: 'clockBehind', why: 'parallel: a clock', want: [4.1, 4.1, 4.1, 4.1, 4.1, 4.1] },
    { kind: 'consumerInterleave', why: 'held by the consumer', want: [30, 24, 18, 12, 6, 0] },
    { kind: 'repartition', why: 'straight of the prompt task, parallel of the other', want: [0, 0, 0, 0, 9, 9, 9, 9] },
    { kind: 'backfill', why: 'from long ago', want: [7200] },
  ] as const)('$kind: $why', ({ kind, want }) => expect(slants(pictureOfKind(kind).ways)).toEqual(want));
});

describe('who moved the stream time on', () => {
  test.for([
    { kind: 'producerCutOff', want: 'A in orders-0: it went on, and the stream time with it' },
    { kind: 'brokerOutage', want: 'A in orders-0: it went on, and the stream time with it' },
    { kind: 'clockBehind', want: 'A in orders-0: it went on, and the stream time with it' },
    { kind: 'consumerInterleave', want: 'taken from orders-0 meanwhile' },
    { kind: 'backfill', want: 'the stream time was past them all' },
  ] as const)('$kind', ({ kind, want }) => expect(pictureOfKind(kind).rows.at(-1)?.name).toBe(want));

  test('nobody is named whom the evidence does not name', () => {
    for (const incident of incidents) {
      const { culprit: _, ...unknown } = incident;
      if (incident.kind === 'consumerInterleave') continue;
      const { rows } = pictureOf(unknown as Incident, nowMs);
      expect(rows.map((row) => row.name).join(), incident.kind).not.toMatch(/orders-0|past them/);
    }
  });
});

describe('bounds', () => {
  test('of a cut, each end is a band', () => {
    expect(
      pictureOfKind('producerCutOff').bands.map(({ lowMs, highMs }) => [lowMs - startMs, highMs - startMs]),
    ).toEqual([
      [-400, 400],
      [29_600, 31_000],
    ]);
  });

  test('of a clock that is behind, its first record lies in one', () => {
    const [row] = pictureOfKind('clockBehind').rows;
    expect(row?.bars.find((bar) => bar.kind === 'unsure')).toMatchObject({
      fromMs: startMs - 4_300,
      toMs: startMs - 3_900,
    });
  });

  test('while a source is silent, what it makes is not known', () => {
    const { end: _, ...lasting } = incidents[0] as Extract<Incident, { kind: 'producerCutOff' }>;
    const { rows, ways, caption } = pictureOf(lasting, nowMs);
    expect(rows[0]?.bars.at(-1)).toMatchObject({ kind: 'gap', label: 'not known until it returns' });
    expect(ways).toEqual([]);
    expect(caption).toMatch(/^Nothing of B has reached the broker since /);
  });

  test('what its own agent knows while it lasts is drawn: events are made and held', () => {
    const { end: _, ...lasting } = incidents[0] as Extract<Incident, { kind: 'producerCutOff' }>;
    const proof: NonNullable<Incident['proof']> = {
      host: 'orders-eu-2',
      processId: 31,
      producers: 1,
      linkedBy: 'offsets',
      brokers: [2],
      sinceMs: startMs + 20,
      failures: { noConnection: 12 },
      waitingRecords: 900,
      givenUp: 0,
      createdMs: startMs + 10,
      isAll: true,
      toldMs: nowMs - 400,
    };
    const { rows, ways, caption } = pictureOf({ ...lasting, proof }, nowMs);
    expect(rows[0]?.bars.at(-1)).toEqual({ kind: 'held', fromMs: startMs + 10, toMs: nowMs });
    expect(rows[1]?.bars.at(-1)).toMatchObject({ kind: 'gap' });
    expect(ways).toEqual([]);
    expect(caption).toMatch(/^B goes on making events, as its own agent says, but none has reached the broker since /);
  });
});

describe('every picture can be drawn', () => {
  test.for(incidents.map((incident) => [incident.kind, incident] as const))('%s', ([, incident]) => {
    const { axis, rows, ways, bands, caption } = pictureOf(incident, nowMs);
    expect(axis.toMs).toBeGreaterThan(axis.fromMs);
    expect(caption).toMatch(/^\S.+\.$/);
    const times = [
      ...rows.flatMap((row) => row.bars.flatMap((bar) => [bar.fromMs, bar.toMs])),
      ...rows.flatMap((row) => (row.marks ?? []).map((mark) => mark.atMs)),
      ...ways.flatMap((way) => [way.fromMs, way.toMs]),
      ...bands.flatMap((band) => [band.lowMs, band.highMs]),
    ];
    for (const atMs of times) expect(atMs >= axis.fromMs && atMs <= axis.toMs, `${atMs}`).toBe(true);
    for (const { fromRow, toRow } of ways) expect(rows[fromRow] && rows[toRow]).toBeDefined();
    for (const bar of rows.flatMap((row) => row.bars)) expect(bar.toMs).toBeGreaterThanOrEqual(bar.fromMs);
  });

  test('each kind of incident is among them', () => {
    const kinds = verdictKinds.filter((kind) => !['outOfOrderSource', 'ordinary', 'undecided'].includes(kind));
    expect(incidents.map((incident) => incident.kind)).toEqual(kinds);
  });

  test.for([
    { why: 'apart', instants: [0, 60_000], want: 2 },
    { why: 'too close for two labels', instants: [0, 5_000], want: 1 },
    { why: 'the same second', instants: [0, 1], want: 1 },
  ])('times below it: $why', ({ instants, want }) => {
    const base = pictureOfKind('producerCutOff');
    const axis = { fromMs: nowMs, toMs: nowMs + 100_000 };
    expect(ticks({ ...base, axis, ticks: instants.map((ms) => nowMs + ms) }, nowMs)).toHaveLength(want);
  });
});
