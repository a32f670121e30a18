import type { Finding, KnownClock } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { assessmentOf, pointsOf } from '../../test/story.ts';
import { clocksOf, findingsOf, manyClocks } from '../../test/story-clocks.ts';
import { bandsOf } from './clock-bands.ts';
import { clockRows } from './clock-rows.ts';

const nowMs = 1_772_366_400_000;
const rowsOf = (clocks: readonly KnownClock[], findings: readonly Finding[] = []) =>
  clockRows(assessmentOf({ nowMs, clocks, findings }));
const unknown = { basis: 'unknown' } as const;

describe('the worst first', () => {
  const clocks = [...manyClocks(nowMs, 50), ...clocksOf(nowMs)];

  test('of fifty, those that need a look are seen, the rest is folded', () => {
    const { rows, rest, more } = rowsOf(clocks);
    expect(rows.slice(0, 5).map((row) => row.name)).toEqual(['batch-7', 'orders-eu-2', 'C', 'orders-eu-1', 'web-35']);
    expect([rows.length, rest.length, more]).toEqual([8, 48, 48]);
  });

  test('a clock that nobody reads is never known well: that alone calls for no look', () => {
    const [producer] = clocksOf(nowMs).filter(({ name }) => name === 'B');
    const { rest } = rowsOf([{ ...producer!, high: unknown }, ...manyClocks(nowMs, 50)]);
    expect(rest.at(-1)?.name).toBe('B');
  });

  test('one that is proved to be further off than a policy forgives comes before those that never had a source', () => {
    const [clock] = manyClocks(nowMs, 1);
    const missing: Finding = {
      ...(findingsOf(nowMs)[0] as Extract<Finding, { kind: 'clockContradiction' }>),
      kind: 'clockSourceMissing',
      subject: { kind: 'clock', id: 'host web-33', name: 'web-33' },
      evidence: { graceMs: 2_000 },
    };
    const off: KnownClock = {
      ...clock!,
      id: 'host off',
      name: 'off',
      grade: { oneMs: 'no', grace: { graceMs: 2_000, within: 'no' } },
    };
    expect(rowsOf([...manyClocks(nowMs, 50), off], [missing]).rows[0]?.name).toBe('off');
  });

  test('a source in trouble is named once', () => {
    const [clock] = manyClocks(nowMs, 1);
    const readings = {
      source: 'none (no NTP server configured, chrony 127.0.0.1:324: not synchronised)',
      sources: [{ name: 'chrony 127.0.0.1:324', trouble: 'chrony 127.0.0.1:324: not synchronised' }],
    };
    const { drift: _, ...rest } = clock!;
    expect(rowsOf([{ ...rest, readings }]).rows[0]?.notes).toEqual([
      'not read: no NTP server configured, chrony 127.0.0.1:324: not synchronised',
    ]);
  });

  test('one that an open finding speaks of is seen whatever its grade', () => {
    const drift: Finding = {
      ...(findingsOf(nowMs)[1] as Extract<Finding, { kind: 'clockDrift' }>),
      status: 'open',
      subject: { kind: 'clock', id: 'host web-33', name: 'web-33' },
    };
    expect(rowsOf(manyClocks(nowMs, 50), [drift]).rows[0]?.name).toBe('web-33');
    expect(rowsOf(manyClocks(nowMs, 50), [{ ...drift, status: 'closed' }]).rows[0]?.name).not.toBe('web-33');
  });
});

test('what one is right to know besides', () => {
  const notes = new Map(rowsOf(clocksOf(nowMs)).rows.map((row) => [row.name, row.notes]));
  expect(notes.get('orders-eu-1')).toEqual([
    '3.1 ± 0.8 ppm fast (268 ms a day), over 15 min',
    'read from chrony 127.0.0.1:323 4 s ago',
  ]);
  expect(notes.get('orders-eu-2')).toEqual(['not read: no NTP server configured, no chrony on 127.0.0.1:323']);
  expect(notes.get('broker 2')).toEqual(['read by no agent: it holds if its clock was not set']);
  expect(notes.get('batch-7')?.[0]).toBe(
    'set aside: its readings contradict each other or the others, and are not believed now',
  );
  const moving = clocksOf(nowMs).map((clock) => ({ ...clock, awaitsReading: true as const }));
  expect(rowsOf(moving).rows.flatMap((row) => row.notes[0] ?? [])).toContain(
    'does not fit the others since it was last read: its next reading is awaited',
  );
});

test('over time: those of the first rows that anything is known of', () => {
  const story = { nowMs, clocks: clocksOf(nowMs) };
  const { rows } = rowsOf(story.clocks);
  const bands = bandsOf(rows, pointsOf(story, 120), { fromMs: nowMs - 60_000, toMs: nowMs });
  expect(bands.map((band) => band.name)).toEqual(['batch-7', 'C', 'orders-eu-1', 'B', 'broker 2']);
  expect(bands[0]?.points).toHaveLength(7);
  expect(bands[1]?.points[0]?.high).toEqual({ basis: 'unknown' });
});
