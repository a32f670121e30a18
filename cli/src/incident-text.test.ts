import type { Incident } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { incidentText, listText, turnText, wanted, wrapped } from './incident-text.ts';

const nowMs = Date.UTC(2026, 2, 1, 12);
const startMs = nowMs - 100_000;

const cut: Incident = {
  id: 'producerCutOff-1',
  kind: 'producerCutOff',
  status: 'closed',
  revision: 3,
  revisions: [{ atMs: startMs + 33_000, status: 'open', reason: 'records came late for it' }],
  group: 'billing',
  tasks: ['billing/m1'],
  source: { kind: 'named', name: 'B' },
  partitions: [{ topic: 'orders', partition: 1 }],
  detectedAtMs: startMs + 33_000,
  updatedAtMs: startMs + 40_000,
  start: { lowMs: startMs, highMs: startMs, basis: 'proved' },
  end: { lowMs: startMs + 30_000, highMs: startMs + 32_000, basis: 'assumed', assumption: 'it tries again' },
  late: { count: 1_280, maxMs: 31_000 },
  dropped: [],
  remedies: [],
  evidence: {
    silentMs: 32_000,
    lastEventMs: startMs - 10,
    firstHeldEventMs: startMs + 10,
    heldMs: 31_000,
    usualGapMs: 25,
    usualDelayMs: 35,
    emptyMs: 32_000,
  },
  sentence: 'billing took 1,280 records of B (orders-1) late.',
};
const aged = (hours: number): Incident => {
  const atMs = startMs - hours * 3_600_000;
  const at = { lowMs: atMs, highMs: atMs, basis: 'proved' } as const;
  return { ...cut, id: `aged-${hours}`, start: at, end: at };
};

describe('which are listed', () => {
  const incidents = [
    aged(2),
    cut,
    { ...aged(3), id: 'still open', status: 'open' as const },
    { ...cut, id: 'withdrawn', status: 'withdrawn' as const },
  ];
  test('what goes on and what is of the last hour, newest first', () =>
    expect(wanted(incidents, nowMs, false).map(({ id }) => id)).toEqual(['producerCutOff-1', 'still open']));
  test('all', () =>
    expect(wanted(incidents, nowMs, true).map(({ id }) => id)).toEqual([
      'producerCutOff-1',
      'withdrawn',
      'aged-2',
      'still open',
    ]));
});

test('a table, and a sentence each', () => {
  const open: Incident = { ...cut, id: 'x-2', status: 'open', group: 'b', late: { count: 7, maxMs: 9 } };
  const { end: _, ...lasting } = open;
  expect(listText([lasting as Incident, cut], { widthColumns: undefined })).toBe(
    [
      'STATUS    WHAT       GROUP    FROM (UTC)            LASTED   LATE    DROPPED  ID',
      '✕ open    B cut off  b        2026-03-01 11:58:20  goes on      7  no policy  x-2',
      '    billing took 1,280 records of B (orders-1) late.',
      '',
      '✓ closed  B cut off  billing  2026-03-01 11:58:20     31 s  1,280  no policy  producerCutOff-1',
      '    billing took 1,280 records of B (orders-1) late.',
      '',
    ].join('\n'),
  );
});

test('one with its evidence, instants in UTC', () => {
  const lines = incidentText(cut, 'http://c/#incident-producerCutOff-1', { widthColumns: undefined }).split('\n');
  expect(lines[0]).toBe('B cut off: ✓ closed');
  expect(lines[1]).toBe(cut.sentence);
  expect(lines).toContain('Cut off from           2026-03-01 11:58:20.000 UTC (proved)');
  expect(lines).toContain('Silence at the broker  32 s; usually it speaks every 25 ms');
  expect(lines).toContain('  2026-03-01 11:58:53.000 UTC  open: records came late for it');
  expect(lines[lines.indexOf('What would have saved them') + 1]).toMatch(
    /^ {2}Bounded idling of at least 33 s \(max\.task\.idle\.ms/,
  );
  expect(lines).toContain('With its picture: http://c/#incident-producerCutOff-1');
});

test('a line a turn', () =>
  expect(turnText(cut)).toBe(
    '2026-03-01 11:58:53 ✓ closed  billing took 1,280 records of B (orders-1) late. (producerCutOff-1)',
  ));

describe('lines as wide as the terminal', () => {
  test.for([
    { why: 'no terminal: one line', width: undefined, indent: 2, want: '  aaaa bbbb cccc' },
    { why: 'never narrower than can be read', width: 1, indent: 2, want: '  aaaa bbbb cccc' },
  ])('$why', ({ width, indent, want }) =>
    expect(wrapped('aaaa bbbb cccc', { widthColumns: width }, indent)).toBe(want),
  );
  test('and where the text breaks', () => expect(wrapped('a b\nc', { widthColumns: 80 }, 2)).toBe('  a b\n  c'));
  test('between words', () =>
    expect(wrapped('one two three four five six', { widthColumns: 24 }, 2)).toBe('  one two three four\n  five six'));
});
