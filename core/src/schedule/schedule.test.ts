import { expect, test } from 'vitest';
import { createSchedule, type ScheduleInput, type Scheduling } from './schedule.ts';

interface Story {
  readonly why: string;
  readonly scheduling: Scheduling;
  readonly inputs?: readonly ScheduleInput[];
  /** Event times of each partition, by its number; `t1` is another topic. */
  readonly logs: { readonly [partition: string]: readonly number[] };
  /** How many records of a partition the broker has besides. */
  readonly lags?: { readonly [partition: string]: number };
  /** When it is asked; the last one until nothing comes any more. */
  readonly atMs: readonly number[];
  readonly want: readonly string[];
}

const two: readonly ScheduleInput[] = [
  { topic: 't', partition: 0 },
  { topic: 't', partition: 1 },
];
const eventTime = (maxIdleMs: number): Scheduling => ({ kind: 'eventTime', maxIdleMs });

const stories: readonly Story[] = [
  {
    why: 'the oldest first, of whichever partition',
    scheduling: eventTime(0),
    logs: { t0: [10, 40, 50], t1: [20, 60] },
    lags: { t0: 0, t1: 0 },
    atMs: [0],
    want: ['t0@10', 't1@20', 't0@40', 't0@50', 't1@60'],
  },
  {
    why: 'a partition of which the broker has more is waited for',
    scheduling: eventTime(0),
    logs: { t0: [10, 40], t1: [20] },
    lags: { t1: 3 },
    atMs: [0],
    want: ['t0@10', 't1@20'],
  },
  {
    why: 'one of which nothing is known is waited for',
    scheduling: eventTime(0),
    logs: { t0: [10] },
    atMs: [0, 100_000],
    want: [],
  },
  {
    why: 'a silent one is waited for as long as was said',
    scheduling: eventTime(500),
    logs: { t0: [10, 40] },
    lags: { t1: 0 },
    atMs: [0, 499],
    want: [],
  },
  {
    why: 'and no longer',
    scheduling: eventTime(500),
    logs: { t0: [10, 40] },
    lags: { t1: 0 },
    atMs: [0, 499, 500],
    want: ['t0@10', 't0@40'],
  },
  {
    why: 'a record without a valid time takes that of the one before it',
    scheduling: eventTime(-1),
    logs: { t0: [10, -1, 30], t1: [15] },
    atMs: [0],
    want: ['t0@10', 't0@10', 't1@15', 't0@30'],
  },
  {
    why: 'by turns, partitions alternate',
    scheduling: { kind: 'turns' },
    logs: { t0: [5, 6], t1: [1, 2] },
    atMs: [0],
    want: ['t0@5', 't1@1', 't0@6', 't1@2'],
  },
  {
    why: 'a topic of a higher priority comes first',
    scheduling: { kind: 'turns', priorities: { u: 1 } },
    inputs: [...two, { topic: 'u', partition: 0 }],
    logs: { t0: [5], u0: [8, 9] },
    atMs: [0],
    want: ['u0@8', 'u0@9', 't0@5'],
  },
  {
    why: 'a bootstrap topic is read up to what was newest at the start',
    scheduling: { kind: 'turns', bootstrap: ['u'] },
    inputs: [...two, { topic: 'u', partition: 1, start: 0, newest: 1 }],
    logs: { t0: [5], u1: [8, 9, 10] },
    atMs: [0],
    want: ['u1@8', 'u1@9', 'u1@10', 't0@5'],
  },
  {
    why: 'one whose partitions are all read holds nobody up',
    scheduling: { kind: 'turns', bootstrap: ['u'] },
    inputs: [...two, { topic: 'u', partition: 1, start: 2, newest: 1 }],
    logs: { t0: [5] },
    atMs: [0],
    want: ['t0@5'],
  },
];

test.for(stories)('$why', ({ scheduling, inputs = two, logs, lags = {}, atMs, want }) => {
  const schedule = createSchedule(scheduling, inputs);
  const next = new Map<string, number>();
  const offer = (key: string): void => {
    const offset = next.get(key) ?? 0;
    const eventMs = logs[key]?.[offset];
    if (eventMs === undefined) return;
    next.set(key, offset + 1);
    schedule.update({ stream: key[0]!, partition: Number(key[1]), offset, eventMs });
  };
  for (const [key, lag] of Object.entries(lags)) schedule.setLag({ topic: key[0]!, partition: Number(key[1]) }, lag);
  for (const key of Object.keys(logs)) offer(key);
  const chosen: string[] = [];
  for (const nowMs of atMs) {
    for (let head = schedule.choose(nowMs); head !== undefined; head = schedule.choose(nowMs)) {
      chosen.push(`${head.stream}${head.partition}@${head.eventMs}`);
      offer(`${head.stream}${head.partition}`);
    }
  }
  expect(chosen).toEqual(want);
});
