import { describe, expect, test } from 'vitest';
import type { Policy } from '../policy.ts';
import type { Cell, Report } from '../report.ts';
import { type Source, sourceKey } from '../source.ts';
import {
  closeTask,
  createObservation,
  laneOf,
  observeLimits,
  openTask,
  partitionOf,
  type TaskState,
} from './observation.ts';
import { flag, observe, observeFetch, observeSeek, type RecordSeen } from './observe.ts';
import { takeReport } from './take-report.ts';

const policy: Policy = { id: 'p', window: { kind: 'tumbling', sizeMs: 10 }, graceMs: 5 };
const nothingElse = {
  clock: { source: 'none', readings: [], steps: [] },
  health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
} as const;

function start(): TaskState {
  const agent = { id: 'a', host: 'h', processId: 1, startedMs: 0, version: '0', client: 'test' };
  return openTask(createObservation(agent), { group: 'g', member: 'm', policies: [policy] });
}

interface Given {
  readonly e: number;
  readonly offset: number;
  readonly source?: string;
  readonly partition?: number;
  readonly atMs?: number;
}

/** Observes and gives the flags of each. */
function feed(task: TaskState, records: readonly Given[]): number[] {
  const scratch = { createMs: Number.NaN, appendMs: Number.NaN } as RecordSeen;
  return records.map(({ e, offset, source = 'A', partition = 0, atMs = 100 }) => {
    scratch.lane = laneOf(partitionOf(task, 't', partition), { kind: 'named', name: source });
    scratch.offset = offset;
    scratch.eventMs = e;
    scratch.processedMs = atMs;
    return observe(task, scratch);
  });
}

function report(task: TaskState): Report {
  return takeReport(task.observation, 5_000, nothingElse);
}

function cellsOf(task: TaskState): readonly Cell[] {
  return report(task).tasks[0]!.cells;
}

const { late, dropped, outOfOrder, redelivered } = flag;

test.for([
  { why: 'the first record sets the stream time', records: [{ e: 5, offset: 0 }], want: [0] },
  {
    why: 'an equal time is on the edge, not late',
    records: [
      { e: 5, offset: 0 },
      { e: 5, offset: 1 },
    ],
    want: [0, 0],
  },
  {
    why: 'below it is late',
    records: [
      { e: 5, offset: 0 },
      { e: 4, offset: 1 },
    ],
    want: [0, late | outOfOrder],
  },
  {
    why: 'late against another source, yet in order within its own: not out of order',
    records: [
      { e: 5, offset: 0 },
      { e: 3, offset: 1, source: 'B' },
      { e: 4, offset: 2, source: 'B' },
    ],
    want: [0, late, late],
  },
  {
    why: 'its window still has grace: kept',
    records: [
      { e: 14, offset: 0 },
      { e: 9, offset: 1, source: 'B' },
    ],
    want: [0, late],
  },
  {
    why: 'window end plus grace is reached exactly: refused',
    records: [
      { e: 15, offset: 0 },
      { e: 9, offset: 1, source: 'B' },
    ],
    want: [0, late | dropped],
  },
  {
    why: 'partitions of a task share one stream time',
    records: [
      { e: 50, offset: 0 },
      { e: 9, offset: 0, partition: 1, source: 'B' },
    ],
    want: [0, late | dropped],
  },
  {
    why: 'the same offset again is a redelivery, not a late record',
    records: [
      { e: 5, offset: 0 },
      { e: 50, offset: 1 },
      { e: 5, offset: 0 },
    ],
    want: [0, 0, redelivered],
  },
  {
    why: 'times before 1970 are times',
    records: [
      { e: -5, offset: 0 },
      { e: -30, offset: 1 },
    ],
    want: [0, late | dropped | outOfOrder],
  },
  {
    why: 'one record from the far future makes all others late',
    records: [
      { e: 1e15, offset: 0 },
      { e: 100, offset: 1, source: 'B' },
    ],
    want: [0, late | dropped],
  },
])('$why', ({ records, want }) => expect(feed(start(), records)).toEqual(want));

describe('what a report tells', () => {
  test('a cell per source, partition and second', () => {
    const task = start();
    feed(task, [
      { e: 1, offset: 0 },
      { e: 2, offset: 1, source: 'B' },
      { e: 3, offset: 0, partition: 1 },
      { e: 4, offset: 2, atMs: 1_100 },
    ]);
    const rows = cellsOf(task).map((cell) => [sourceKey(cell.source), cell.partition, cell.secondMs, cell.count]);
    expect(rows).toEqual([
      ['n:A', 0, 0, 1],
      ['n:B', 0, 0, 1],
      ['n:A', 1, 0, 1],
      ['n:A', 0, 1_000, 1],
    ]);
  });

  test('drops: which offsets, the grace that would have kept them, the window and the record that had closed it', () => {
    const task = start();
    feed(task, [
      { e: 3, offset: 0 },
      { e: 16, offset: 1 },
      { e: 40, offset: 2 },
      { e: 9, offset: 3, source: 'B' },
      { e: 12, offset: 4, source: 'B' },
      { e: 38, offset: 5, source: 'B' },
      { e: 4, offset: 6, source: 'B' },
    ]);
    const cell = cellsOf(task).find((c) => sourceKey(c.source) === 'n:B')!;
    expect(cell.late).toMatchObject({ count: 4, outOfOrder: 1, maxLatenessMs: 36 });
    expect(cell.late!.dropped).toMatchObject([
      {
        count: 3,
        offsets: [
          [3, 4],
          [6, 6],
        ],
        graceNeededMs: 31,
        firstWindowEndMs: 10,
        closedBy: { offset: 1, eventMs: 16 },
      },
    ]);
  });

  test('the longest silence that ended, with the records around it', () => {
    const task = start();
    const partition = partitionOf(task, 't', 0);
    const fetch = (askedMs: number, highWaterOffset: number) =>
      observeFetch(partition, {
        askedMs,
        answeredMs: askedMs + 10,
        highWaterOffset,
        lastOffset: highWaterOffset - 1,
        leader: 7,
      });
    fetch(0, 1);
    feed(task, [{ e: 1, offset: 0, atMs: 20 }]);
    fetch(400, 1);
    fetch(420, 2);
    feed(task, [{ e: 2, offset: 1, atMs: 440 }]);
    const [cell] = cellsOf(task);
    expect(cell).toMatchObject({
      leader: 7,
      gap: { before: { offset: 0, append: { highMs: 10 } }, after: { offset: 1, append: { lowMs: 400, highMs: 430 } } },
    });
  });

  test.for([
    { why: 'how create time went on: no step yet at the first', createMs: [[100]], want: [undefined] },
    {
      why: 'from record to record, forwards and backwards',
      createMs: [[100, 150, 140, 190]],
      want: [{ steps: 3, backwards: 1, leastMs: -10, mostMs: 50 }],
    },
    {
      why: 'from the last record of the second before',
      createMs: [[100], [160]],
      want: [undefined, { steps: 1, backwards: 0, leastMs: 60, mostMs: 60 }],
    },
    {
      why: 'a record whose create time is not known is passed over',
      createMs: [[100, Number.NaN, 170]],
      want: [{ steps: 1, backwards: 0, leastMs: 70, mostMs: 70 }],
    },
  ])('$why', ({ createMs, want }) => {
    const task = start();
    const lane = laneOf(partitionOf(task, 't', 0), { kind: 'named', name: 'A' });
    let offset = 0;
    createMs.forEach((second, i) => {
      for (const ms of second) {
        const processedMs = 1_000 * i + 100;
        const more = { processedMs, startsBatch: true, leaderEpoch: 0 };
        observe(task, { lane, offset: offset++, eventMs: ms, createMs: ms, appendMs: Number.NaN, ...more });
      }
    });
    expect(cellsOf(task).map((cell) => cell.createOrder)).toEqual(want);
  });

  test('an early fetch told a consumer that lags of a record: that bounds its creation, not the fetch that brings it', () => {
    const task = start();
    const partition = partitionOf(task, 't', 0);
    const lane = laneOf(partition, { kind: 'named', name: 'A' });
    const fetch = { askedMs: 1, highWaterOffset: 5, leader: 7 };
    observeFetch(partition, { ...fetch, answeredMs: 10, lastOffset: 0 });
    observeFetch(partition, { ...fetch, answeredMs: 900, lastOffset: 4 });
    const more = { processedMs: 950, startsBatch: true, leaderEpoch: 0 };
    observe(task, { lane, offset: 4, eventMs: 2, createMs: 2, appendMs: Number.NaN, ...more });
    expect(cellsOf(task)[0]!.createToFetch).toEqual({ fromMs: 2, toMs: 10 });
  });

  test('only whole seconds go out, each once; a stopped consumer sends its last', () => {
    const task = start();
    feed(task, [
      { e: 1, offset: 0, atMs: 4_990 },
      { e: 2, offset: 1, atMs: 5_010 },
    ]);
    expect(cellsOf(task).map((cell) => cell.secondMs)).toEqual([4_000]);
    expect(cellsOf(task)).toEqual([]);
    closeTask(task);
    expect(cellsOf(task).map((cell) => cell.secondMs)).toEqual([5_000]);
    expect(report(task).tasks).toEqual([]);
  });

  test('sources beyond the bound share a row, are still judged, and are counted', () => {
    const task = start();
    const names = Array.from({ length: observeLimits.maxLanesPerTask + 3 }, (_, i) => `s${i}`);
    feed(
      task,
      names.map((source, i) => ({ e: i, offset: i, source })),
    );
    const cells = cellsOf(task);
    expect(cells.at(-1)).toMatchObject({ source: { kind: 'overflow' }, count: 3 });
    expect(task.observation.overflow.sources).toBe(3);
    expect(cells).toHaveLength(observeLimits.maxLanesPerTask + 1);
  });

  test('a seek back is a wish to read again, not a redelivery', () => {
    const task = start();
    feed(task, [
      { e: 1, offset: 0 },
      { e: 2, offset: 1 },
    ]);
    observeSeek(partitionOf(task, 't', 0), 0);
    expect(feed(task, [{ e: 1, offset: 0 }])).toEqual([late | outOfOrder]);
  });
});

test('a host clock that is set back opens its seconds again, and no count is lost', () => {
  const task = start();
  feed(task, [
    { e: 1, offset: 0, atMs: 3_500 },
    { e: 2, offset: 1, atMs: 1_500 },
    { e: 3, offset: 2, atMs: 3_600 },
  ]);
  const cells = cellsOf(task);
  expect(cells.map((cell) => [cell.secondMs, cell.count])).toEqual([
    [3_000, 1],
    [1_000, 1],
    [3_000, 1],
  ]);
});

const overflowing: Source = { kind: 'overflow' };
test('the overflow row has a key of its own', () => expect(sourceKey(overflowing)).toBe('o:'));
