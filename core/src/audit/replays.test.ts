import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AuditPolicy } from './audit-policy.ts';
import { createAudited, Directory } from './audited.ts';
import { Recorded } from './recorded.ts';
import { replaysOf } from './replays.ts';
import { asRecorded, byEventTime, byEventTimeLive, inTurns, type Schedule } from './schedules.ts';

const policy: AuditPolicy = {
  name: 'policy',
  tasks: 'all',
  emit: 'onWindowUpdate',
  objective: undefined,
  spec: {
    engine: 'kafka-streams',
    window: { kind: 'tumbling', sizeMs: 10 },
    graceMs: 5,
    retentionMs: undefined,
    timestampExtractor: 'FailOnInvalidTimestamp',
  },
};

type Given = readonly (readonly [place: number, eventMs: number, arrivalMs: number])[];

function recordedOf(given: Given, maxRecords = 1_000): { recorded: Recorded; directory: Directory } {
  const directory = new Directory();
  const recorded = new Recorded(maxRecords);
  const record = createAudited();
  const next = [0, 0, 0];
  for (const [partition, eventMs, arrivalMs] of given) {
    record.place = directory.placeOf('orders', partition);
    record.offset = next[partition]!++;
    record.eventMs = eventMs;
    record.arrivalMs = arrivalMs;
    recorded.take(record);
  }
  return { recorded, directory };
}

function orderOf(recorded: Recorded, schedule: Schedule): number[] {
  const events: number[] = [];
  schedule(recorded.lanes, (lane, at) => events.push(recorded.lanes[lane]!.eventsMs[at]!));
  return events;
}

test('the orders of schedulers', () => {
  const { recorded } = recordedOf([
    [0, 10, 1],
    [0, 20, 2],
    [0, 30, 3],
    [1, 11, 50],
    [1, 21, 51],
    [0, 40, 60],
  ]);
  expect(orderOf(recorded, asRecorded(recorded))).toEqual([10, 20, 30, 11, 21, 40]);
  expect(orderOf(recorded, inTurns(1))).toEqual([10, 11, 20, 21, 30, 40]);
  expect(orderOf(recorded, inTurns(2))).toEqual([10, 20, 11, 21, 30, 40]);
  expect(orderOf(recorded, byEventTime)).toEqual([10, 11, 20, 21, 30, 40]);
  // Partition 1 is silent for 48 ms: longer than one waits, so partition 0 runs ahead; not so long as the other.
  expect(orderOf(recorded, byEventTimeLive(recorded, { maxIdleMs: 10, fetchEveryMs: 0 }))).toEqual([
    10, 20, 30, 11, 21, 40,
  ]);
  expect(orderOf(recorded, byEventTimeLive(recorded, { maxIdleMs: 100, fetchEveryMs: 0 }))).toEqual([
    10, 11, 20, 21, 30, 40,
  ]);
});

test('a silence that is waited for makes the live run and its replay agree', () => {
  const { recorded, directory } = recordedOf([
    [0, 1, 1],
    [1, 1, 1],
    [0, 20, 20],
    [0, 40, 40],
    [1, 5, 60],
    [1, 41, 61],
    [0, 60, 62],
  ]);
  const rows = replaysOf(recorded, policy, directory, [5, 1_000])!;
  const of = (scheduler: string) => rows.find((row) => row.scheduler.startsWith(scheduler))!;
  // As it was recorded, 5 came behind 40 and was lost.
  expect(of('event time, all at hand')).toMatchObject({
    dropped: 0,
    onlyLive: 1,
    onlyReplay: 0,
    windowsChanged: 1,
    isSame: false,
  });
  expect(of('event time, waiting 5 ms')).toMatchObject({ dropped: 1, isSame: false });
  expect(of('event time, waiting 1 s')).toMatchObject({ dropped: 0, isSame: true });
});

test('one partition a task: there is no other order', () => {
  const { recorded, directory } = recordedOf([
    [0, 1, 1],
    [1, 1, 1],
  ]);
  expect(replaysOf(recorded, { ...policy, tasks: 'partition' }, directory, [])).toBeUndefined();
});

test('every schedule takes every record once, each partition in its own order', () => {
  const given = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 4 })),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(given, fc.integer({ min: 0, max: 20 }), (records, idleMs) => {
      let nowMs = 0;
      const { recorded } = recordedOf(
        records.map(([place, eventMs, waitMs]) => [place, eventMs, (nowMs += waitMs)] as const),
      );
      const lanes = recorded.lanes.filter((lane) => lane !== undefined);
      for (const schedule of [
        asRecorded(recorded),
        inTurns(1),
        inTurns(3),
        byEventTime,
        byEventTimeLive(recorded, { maxIdleMs: idleMs, fetchEveryMs: 0 }),
        byEventTimeLive(recorded, { maxIdleMs: idleMs, fetchEveryMs: 7 }),
      ]) {
        const taken = lanes.map((): number[] => []);
        schedule(lanes, (lane, at) => taken[lane]!.push(at));
        expect(taken).toEqual(lanes.map(({ count }) => Array.from({ length: count }, (_, at) => at)));
      }
    }),
    { numRuns: 200 },
  );
});

test('beyond its bound nothing is kept, and that is said', () => {
  const { recorded } = recordedOf(
    [
      [0, 1, 1],
      [0, 2, 2],
      [0, 3, 3],
    ],
    2,
  );
  expect({ count: recorded.count, isCut: recorded.isCut }).toEqual({ count: 2, isCut: true });
});
