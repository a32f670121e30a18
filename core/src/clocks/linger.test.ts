import { expect, test } from 'vitest';
import { hearFleet } from '../../test/hear-fleet.ts';
import { type Fleet, type Told, tellFleet } from '../../test/simulated-fleet.ts';

// Topics with create time, one producer that lingers half a second: of each batch the first record waits that long, the last
// one hardly at all.
const fleet: Fleet = {
  seed: 1,
  seconds: 330,
  producers: ['p1'],
  brokers: ['broker 0'],
  consumers: ['c0'],
  perSecond: 20,
  logAppendTime: false,
  lingerMs: 500,
  clocks: { p1: (trueMs) => 40 + trueMs * 200e-6 },
};

const worlds: readonly { readonly why: string; readonly told: (told: Told) => Told }[] = [
  { why: 'a batch begins in each second', told: (told) => told },
  { why: 'one second in five has only the rest of a batch', told: without((sequence) => sequence % 5 === 3) },
];

test.for(worlds)('all records dither by the linger, the first ones of batches do not: $why', ({ told }) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { assessment, findings } = hearFleet(tellFleet({ ...fleet, seed }).map(told));
    const { drift } = assessment.clocks.find(({ name }) => name === 'p1')!;
    expect(Math.abs(drift!.ppm - 200), `seed ${seed}: ${JSON.stringify(drift)}`).toBeLessThanOrEqual(drift!.errorPpm);
    expect(drift!.errorPpm, `seed ${seed}`).toBeLessThan(15);
    expect(findings.map(({ finding, opened }) => [finding.kind, opened])).toEqual([['clockDrift', 1]]);
  }
});

test('where sources share batches few of them begin one: then all records are what there is, and a step is seen in time', () => {
  const atMs = 200_000;
  const stepped = { ...fleet, lingerMs: 5, clocks: { p1: (trueMs: number) => (trueMs > atMs ? 300 : 0) } };
  const { findings } = hearFleet(tellFleet(stepped).map(without((sequence) => sequence % 10 !== 0)));
  expect(findings.map(({ finding }) => finding.kind)).toEqual(['clockStep']);
  expect(findings[0]!.openedAtSecond - atMs / 1000).toBeLessThan(12);
});

test('a producer whose batches begin to be known has another floor, and was not set', () => {
  const told = tellFleet({ ...fleet, clocks: {} }).map(without((sequence) => sequence < 150));
  expect(hearFleet(told).findings).toEqual([]);
});

function without(isOf: (sequence: number) => boolean): (told: Told) => Told {
  return ({ receivedMs, report }) => ({
    receivedMs,
    report: {
      ...report,
      tasks: report.tasks.map((task) => ({
        ...task,
        cells: task.cells.map(({ batchStartToFetch, ...cell }) => ({
          ...cell,
          ...(batchStartToFetch === undefined || isOf(report.sequence) ? {} : { batchStartToFetch }),
        })),
      })),
    },
  });
}
