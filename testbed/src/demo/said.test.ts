import type { Assessment, Incident } from '@tidemark/core';
import { expect, test } from 'vitest';
import type { Variant } from './plan.ts';
import { type Findings, whatItSays } from './said.ts';

const incident = (change: Partial<Incident>): Incident =>
  ({
    kind: 'producerCutOff',
    status: 'closed',
    group: 'g',
    source: { kind: 'named', name: 'B' },
    start: { lowMs: 1_000, highMs: 1_200, basis: 'proved' },
    end: { lowMs: 9_000, highMs: 11_000, basis: 'assumed' },
    late: { count: 300, maxMs: 9_000 },
    culprit: { topic: 't', partition: 2, offset: 44 },
    ...change,
  }) as Incident;

const late = (name: string, count: number) => ({ source: { kind: 'named', name }, late: count });
const findings = (change: Partial<Findings>): Findings => ({
  incidents: [],
  drops: undefined,
  assessment: { tasks: [{ group: 'g', sources: [late('A', 3), late('B', 900)] }] } as unknown as Assessment,
  ...change,
});
const story = (variant: Variant) => ({ variant, group: 'g', nameOfB: 'B' });

test('a cut is told by the middles of its bounds', () => {
  expect(whatItSays(findings({ incidents: [incident({})] }), story('cut'))).toEqual({
    cut: [1_100, 10_000],
    cutBounds: [
      [1_000, 1_200],
      [9_000, 11_000],
    ],
    source: 'B',
    droppedOffsets: {},
    culprits: [{ partition: 2, offset: 44 }],
    idleAccused: false,
  });
});

test('drops are those of all policies and topics of the group, merged', () => {
  const drops = {
    p: {
      t: {
        0: [
          [1, 3],
          [4, 6],
        ],
        1: [],
      },
    },
    q: { t: { 0: [[5, 9]] } },
  } as Findings['drops'];
  expect(whatItSays(findings({ drops }), story('idle')).droppedOffsets).toEqual({ 0: [[1, 9]] });
});

test.for([
  { why: 'B for the cut that it suffered', variant: 'cut', incidents: [incident({})], want: false },
  {
    why: 'A for a cut that B suffered',
    variant: 'cut',
    incidents: [incident({}), incident({ source: { kind: 'named', name: 'A' } })],
    want: true,
  },
  { why: 'B of a cut while it was idle', variant: 'idle', incidents: [incident({})], want: true },
  { why: 'B of a cut while its clock was wrong', variant: 'clock', incidents: [incident({})], want: true },
  { why: 'B’s clock when it was wrong', variant: 'clock', incidents: [incident({ kind: 'clockAhead' })], want: false },
  {
    why: 'B’s clock when it was merely out of order',
    variant: 'unordered',
    incidents: [incident({ kind: 'clockAhead' })],
    want: true,
  },
] as { why: string; variant: Variant; incidents: Incident[]; want: boolean }[])(
  'accusing $why: wrongly = $want',
  ({ variant, incidents, want }) => {
    expect(whatItSays(findings({ incidents }), story(variant)).idleAccused).toBe(want);
  },
);

test('a cut that has not ended has no instants yet', () => {
  const { end: _, ...open } = incident({});
  expect(whatItSays(findings({ incidents: [open as Incident] }), story('cut'))).toMatchObject({
    cut: null,
    cutBounds: null,
    source: 'B',
  });
});

test('without an incident the source is whose records were late, if that is the story', () => {
  expect(whatItSays(findings({}), story('unordered')).source).toBe('B');
  expect(whatItSays(findings({}), story('idle')).source).toBe(null);
});
