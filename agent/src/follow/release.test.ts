import { createObservation, observeFetch, takeReport } from '@tidemark/core';
import { expect, test } from 'vitest';
import { createSourceLanes, laneOfProducer } from '../kafkajs/source-lanes.ts';
import { beginFetch, holdFetch, holdRecord } from './held.ts';
import { type Followed, Homes, type Split } from './homes.ts';
import { noteCommit, release } from './release.ts';

/** A follower without a network: records are put in as if fetched. */
function stage() {
  const observation = createObservation({
    id: 'a',
    host: 'h',
    processId: 1,
    startedMs: 0,
    version: '0',
    client: 'test',
  });
  const settings = { policies: [], cluster: undefined } as unknown as ConstructorParameters<
    typeof Homes
  >[0]['settings'];
  const withReading = {
    ...settings,
    eventTime: { kind: 'timestamp' },
    source: { kind: 'producer' },
  } as typeof settings;
  const homes = new Homes({ observation, settings: withReading, unreadable: {}, group: 'g' });
  const fetched = (followed: Followed, answeredMs: number, firstOffset: number, eventsMs: readonly number[]) => {
    const fetch = beginFetch(answeredMs, firstOffset + eventsMs.length - 1);
    const lane = laneOfProducer(createSourceLanes(followed.state), '7');
    eventsMs.forEach((eventMs, i) => {
      const unknown = Number.NaN;
      const seen = {
        lane,
        offset: firstOffset + i,
        eventMs,
        createMs: eventMs,
        appendMs: unknown,
        processedMs: unknown,
        startsBatch: i === 0,
        leaderEpoch: 0,
      };
      holdRecord(fetch, seen);
    });
    holdFetch(followed.held, fetch);
    followed.position = firstOffset + eventsMs.length;
  };
  const report = (nowMs: number) => {
    const clock = { source: 'none', readings: [], steps: [] };
    const health = { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 };
    return takeReport(observation, nowMs, { clock, health }, true);
  };
  return { homes, fetched, report };
}

const commit = (followed: Followed, offset: number, nowMs: number) => {
  noteCommit(followed, offset);
  release(followed.home, nowMs);
};

test('only what is committed is observed, and as processed when the commit was seen', () => {
  const { homes, fetched, report } = stage();
  const followed = homes.follow({ topic: 't', partition: 0 }, 'partition', 'm1');
  commit(followed, 0, 500);
  fetched(followed, 1_000, 0, [10, 20, 30]);
  commit(followed, 2, 5_000);
  const [task] = report(6_000).tasks;
  expect(task?.cells.map(({ count, secondMs }) => ({ count, secondMs }))).toEqual([{ count: 2, secondMs: 5_000 }]);
  expect(task?.streamTimeMs).toBe(20);
  expect(followed.held.size).toBe(1);
});

test('the partitions of one member take turns as the broker handed their records out', () => {
  const { homes, fetched, report } = stage();
  const one = homes.follow({ topic: 't', partition: 0 }, 'member', 'm1');
  const two = homes.follow({ topic: 't', partition: 1 }, 'member', 'm1');
  for (const followed of [one, two]) noteCommit(followed, 0);
  fetched(one, 1_000, 0, [100]);
  fetched(two, 2_000, 0, [50]);
  fetched(one, 3_000, 1, [60, 200]);
  noteCommit(one, 3);
  commit(two, 1, 4_000);
  const [task] = report(5_000).tasks;
  const late = task?.cells.map(({ partition, late }) => ({ partition, late: late?.count, by: late?.maxLatenessMs }));
  expect(late).toEqual([
    { partition: 0, late: 1, by: 40 },
    { partition: 1, late: 1, by: 50 },
  ]);
});

test.for<{ why: string; split: Split; owner: string | undefined; want: string[] }>([
  { why: 'the same member keeps its stream time', split: 'partition', owner: 'm1', want: ['g/t-0'] },
  { why: 'another one starts anew', split: 'partition', owner: 'm2', want: ['g/t-0', 'g/t-0 (2)'] },
  {
    why: 'nobody there: nothing is processed, so nothing starts',
    split: 'partition',
    owner: undefined,
    want: ['g/t-0'],
  },
  { why: 'a member has its own task', split: 'member', owner: 'm2', want: ['g/m1', 'g/m2'] },
  { why: 'the group as a whole outlives its members', split: 'group', owner: 'm2', want: ['g/all members'] },
])('$why', ({ split, owner, want }) => {
  const { homes, fetched, report } = stage();
  const followed = homes.follow({ topic: 't', partition: 0 }, split, 'm1');
  commit(followed, 0, 500);
  fetched(followed, 1_000, 0, [1_000]);
  commit(followed, 1, 2_000);
  // Read for the first member, committed by the second: late against the first one's time only.
  fetched(followed, 3_000, 1, [10]);
  homes.settle(followed, split, owner);
  homes.announce(4_000);
  commit(followed, 2, 5_000);
  const { tasks } = report(6_000);
  expect(tasks.map(({ id }) => id)).toEqual(want);
  const late = tasks.flatMap(({ cells }) => cells).filter((cell) => cell.late !== undefined);
  expect(late).toHaveLength(want.length === 1 ? 1 : 0);
});

test('a group that was reset processes its records again', () => {
  const { homes, fetched, report } = stage();
  const followed = homes.follow({ topic: 't', partition: 0 }, 'partition', 'm1');
  commit(followed, 0, 500);
  fetched(followed, 1_000, 0, [10, 20]);
  commit(followed, 2, 2_000);
  noteCommit(followed, 1);
  expect(followed.position).toBe(1);
  fetched(followed, 3_000, 1, [20]);
  commit(followed, 2, 4_000);
  const { health, tasks } = report(5_000);
  expect(health).toMatchObject({ records: 3, redelivered: 0 });
  expect(tasks[0]?.cells.map(({ count }) => count)).toEqual([2, 1]);
});

test.for([
  { why: 'all that was read is committed, and a marker behind it', committed: 4, position: 4, want: 4 },
  { why: 'records are held that are not committed', committed: 1, position: 3, want: 1 },
  { why: 'the group is ahead of what we have read', committed: 9, position: 3, want: 3 },
])('where the group is: $why', ({ committed, position, want }) => {
  const { homes, fetched, report } = stage();
  const followed = homes.follow({ topic: 't', partition: 0 }, 'partition', 'm1');
  noteCommit(followed, 0);
  fetched(followed, 1_000, 0, [10, 20, 30]);
  followed.position = position;
  observeFetch(followed.state, {
    askedMs: 1_900,
    answeredMs: 1_950,
    highWaterOffset: 9,
    lastOffset: undefined,
    leader: 1,
  });
  commit(followed, committed, 1_960);
  expect(report(2_000).tasks[0]?.fetches).toMatchObject([{ position: want, lastHighWaterOffset: 9 }]);
});

test('where the group is, is known before anything came', () => {
  const { homes, report } = stage();
  const followed = homes.follow({ topic: 't', partition: 0 }, 'partition', 'm1');
  commit(followed, 5, 1_000);
  observeFetch(followed.state, {
    askedMs: 1_100,
    answeredMs: 1_150,
    highWaterOffset: 5,
    lastOffset: undefined,
    leader: 1,
  });
  expect(report(2_000).tasks[0]?.fetches).toMatchObject([{ position: 5, lastHighWaterOffset: 5 }]);
});
