import { expect, test } from 'vitest';
import type { WindowedCountOptions } from './kafka-streams/windowed-count.ts';
import { explain, KafkaStreamsTraps, partlyRefused, type Trap } from './traps.ts';

const session = { kind: 'session', gapMs: 10 } as const;
const tumbling = { kind: 'tumbling', sizeMs: 10 } as const;

/** Event times of key k; others say their key. */
type Event = number | `z ${number}` | 'restart';

function trapsOf(options: WindowedCountOptions, events: readonly Event[]): Trap['kind'][] {
  const traps = new KafkaStreamsTraps({ emitIntervalMs: 0, ...options });
  return events.flatMap((event) => {
    if (event === 'restart') {
      traps.restart();
      return [];
    }
    const [key, eventMs] = typeof event === 'number' ? ['k', event] : ['z', Number(event.slice(2))];
    return traps.take({ key, eventMs, hasValue: true, nowMs: 0 }).map(({ kind }) => kind);
  });
}

test.for<{ why: string; options: WindowedCountOptions; events: Event[]; want: Trap['kind'][] }>([
  {
    why: 'the next window closes the one before: its result comes',
    options: { window: tumbling, graceMs: 2, emit: 'onWindowClose' },
    events: [0, 5, 12],
    want: [],
  },
  {
    why: 'a jump beyond the retention: the result never comes',
    options: { window: tumbling, graceMs: 2, emit: 'onWindowClose' },
    events: [0, 5, 23],
    want: ['finalNeverEmitted'],
  },
  {
    why: 'a retention longer than the jump keeps it',
    options: { window: tumbling, graceMs: 2, emit: 'onWindowClose', retentionMs: 24 },
    events: [0, 5, 23],
    want: [],
  },
  {
    why: 'every update is sent on: nothing waits to be final',
    options: { window: tumbling, graceMs: 2 },
    events: [0, 5, 23],
    want: [],
  },
  {
    why: 'late records pass after a restart, until a younger one has come',
    options: { window: tumbling, graceMs: 0 },
    events: [50, 5, 'restart', 5, 6, 30, 7],
    want: ['dropsStartAgain'],
  },
  {
    why: 'nothing late passed: the restart changed nothing',
    options: { window: tumbling, graceMs: 0 },
    events: [50, 'restart', 51, 5],
    want: [],
  },
  {
    why: 'a session that ends exactly where sessions close starts again',
    options: { window: session, graceMs: 0 },
    events: [100, 'z 110', 100],
    want: ['sessionForgotten'],
  },
  {
    why: 'one moment of retention more, and it is found',
    options: { window: session, graceMs: 0, retentionMs: 11 },
    events: [100, 'z 110', 100],
    want: [],
  },
  {
    why: 'a session that closed before is done, and a new one is a new one',
    options: { window: session, graceMs: 0 },
    events: [100, 'z 111', 101],
    want: [],
  },
])('$why', ({ options, events, want }) => expect(trapsOf(options, events)).toEqual(want));

test.for([
  { why: 'no window refused it', intake: { assigned: 2, refused: 0 }, want: undefined },
  { why: 'one of two', intake: { assigned: 2, refused: 1 }, want: { kind: 'partlyRefused', refused: 1, windows: 2 } },
  { why: 'all of them: that is a late record, and counted', intake: { assigned: 2, refused: 2 }, want: undefined },
  { why: 'between windows', intake: { assigned: 0, refused: 0 }, want: undefined },
])('Flink: $why', ({ intake, want }) => expect(partlyRefused(intake)).toEqual(want));

test('every trap says what it is, with its facts', () => {
  const window = { key: 'till-7', startMs: 0, endMs: 10, count: 3 };
  const forgotten = { ...window, count: 8 };
  expect(explain({ kind: 'finalNeverEmitted', ...window })).toMatch(
    /\[0, 10\) of "till-7", 3 records, is never emitted/,
  );
  expect(explain({ kind: 'dropsStartAgain', acceptedRecords: 4, acceptedWindows: 6 })).toMatch(
    /4 late records \(6 windows\)/,
  );
  expect(explain({ kind: 'sessionForgotten', ...window, forgotten, overwritten: true })).toMatch(
    /starts again with 3.*with 8.*replaces/,
  );
  expect(explain({ kind: 'partlyRefused', refused: 1, windows: 2 })).toMatch(/1 of the record's 2 windows refused it/);
});
