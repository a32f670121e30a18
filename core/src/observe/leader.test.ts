import { expect, test } from 'vitest';
import type { Cell } from '../report.ts';
import { createObservation, laneOf, openTask, type PartitionState, partitionOf } from './observation.ts';
import { observe, observeFetch, type RecordSeen } from './observe.ts';
import { takeReport } from './take-report.ts';

const t0 = 1_790_000_000_000;
const agent = { id: 'a', host: 'h', processId: 1, startedMs: 0, version: '0', client: 'test' };
const nothingElse = {
  clock: { source: 'none', readings: [], steps: [] },
  health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
} as const;

/** Creation and append after `t0`; `b` is absent where the broker stamps nothing. */
interface Given {
  readonly e: number;
  readonly b?: number;
  readonly inBatch?: boolean;
  readonly epoch?: number;
}

function stage(): { partition: PartitionState; see: (records: readonly Given[]) => void; cell: () => Cell } {
  const observation = createObservation(agent);
  const task = openTask(observation, { group: 'g', member: 'm', policies: [] });
  const partition = partitionOf(task, 't', 0);
  const lane = laneOf(partition, { kind: 'producer', producerId: '7' });
  const unknown = Number.NaN;
  const record: RecordSeen = {
    lane,
    offset: 99,
    eventMs: t0,
    createMs: unknown,
    appendMs: unknown,
    processedMs: t0 + 500,
    startsBatch: true,
    leaderEpoch: undefined,
  };
  const see = (records: readonly Given[]): void => {
    for (const { e, b, inBatch = false, epoch = 3 } of records) {
      record.offset++;
      record.createMs = t0 + e;
      record.appendMs = b === undefined ? unknown : t0 + b;
      record.startsBatch = !inBatch;
      record.leaderEpoch = epoch;
      observe(task, record);
    }
  };
  return { partition, see, cell: () => takeReport(observation, t0 + 5_000, nothingElse, true).tasks[0]!.cells[0]! };
}

const fetched = { askedMs: t0 + 380, answeredMs: t0 + 400, lastOffset: 110, leader: 1 };
const pair = (from: number, to: number) => ({ fromMs: t0 + from, toMs: t0 + to });

test('CreateTime: the first of each batch apart, to the fetch that told of it', () => {
  const { partition, see, cell } = stage();
  observeFetch(partition, { ...fetched, askedMs: t0 + 10, answeredMs: t0 + 30, highWaterOffset: 100, lastOffset: 50 });
  observeFetch(partition, { ...fetched, askedMs: t0 + 40, answeredMs: t0 + 60, highWaterOffset: 111, lastOffset: 99 });
  observeFetch(partition, { ...fetched, highWaterOffset: 111 });
  see([{ e: 25 }, { e: 29, inBatch: true }]);
  expect(cell()).toMatchObject({ batchStartToFetch: pair(25, 60), createToFetch: pair(29, 60) });
});

test('another leader: what the one before appended is not of the new one’s clock', () => {
  const { partition, see, cell } = stage();
  observeFetch(partition, { ...fetched, highWaterOffset: 100 });
  see([{ e: 10, b: 15 }]);
  observeFetch(partition, { ...fetched, leader: 2, highWaterOffset: 102 });
  see([
    { e: 20, b: 24 },
    { e: 400, b: 900, epoch: 4 },
  ]);
  const { leader, leaderEpoch, createToAppend, appendToFetch, count } = cell();
  expect({ leader, leaderEpoch, count }).toEqual({ leader: 2, leaderEpoch: 4, count: 3 });
  expect(createToAppend).toEqual(pair(400, 900));
  expect(appendToFetch).toEqual(pair(900, 400));
});

test('a node that only refuses leads nothing until it answers', () => {
  const { partition, see, cell } = stage();
  observeFetch(partition, { ...fetched, highWaterOffset: 100 });
  observeFetch(partition, { ...fetched, leader: 2, highWaterOffset: undefined });
  see([{ e: 10, b: 15 }]);
  observeFetch(partition, { ...fetched, leader: 2, highWaterOffset: 101 });
  see([{ e: 20, b: 28 }]);
  expect(cell().createToAppend).toEqual(pair(20, 28));
});

test('the same leader again after an election: its clock is the same, its epoch is not', () => {
  const { see, cell } = stage();
  see([
    { e: 10, b: 12, epoch: 3 },
    { e: 20, b: 25, epoch: 5 },
  ]);
  expect(cell()).toMatchObject({ leaderEpoch: 5, createToAppend: pair(20, 25) });
});
