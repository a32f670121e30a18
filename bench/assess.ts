import { parseArgs } from 'node:util';
import { serialize, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type Assessment,
  assess,
  type Cell,
  createState,
  firstAssessment,
  ingest,
  type Report,
  type State,
  seriesBetween,
} from '@tidemark/core';
import { quietHealth } from '../core/test/quiet-health.ts';
import { medianOf } from './median.ts';
import { ratioOfMeans } from './ratio.ts';
import { reported } from './report.ts';

/**
 * What a second costs a collector: taking the reports in, and the tick that judges and draws the points that changed; and what it
 * remembers once all of its fifteen minutes are full. Every partition has three sources that all speak each second; one record in
 * a hundred cells is late. Growth is the cost at the largest size over that at the smallest, per partition: 1 is linear.
 *
 *   npm run -s bench -- assess [--sizes 1000,3000,10000] [--seconds 900] [--json]
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '900' },
    sizes: { type: 'string', default: '1000,3000,10000' },
  },
});
const seconds = Number(values.seconds);
const sizes = values.sizes.split(',').map(Number);
const sourcesEach = 3;
const partitionsPerAgent = 500;
const startMs = 1_700_000_000_000;
/** Only the last of them are measured: before, habits are young and lists are short. */
const measured = 40;
/** Until a minute before, ticks only make room for what comes. */
const fillTickEvery = 15;
/** More than this is not linear. */
const mostGrowth = 1.5;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Run {
  readonly partitions: number;
  /** CPU time of each second that was measured. */
  readonly ingestMs: readonly number[];
  readonly tickMs: readonly number[];
  /** For each source in each partition: in memory, and as a snapshot has it. */
  readonly memoryBytes: number;
  readonly snapshotBytes: number;
}

const runs = sizes.map((partitions) => {
  const one = run(partitions);
  const [ingest, tick] = [one.ingestMs, one.tickMs].map((ms) => medianOf(ms).median);
  console.log(
    `${partitions} partitions × ${sourcesEach} sources: ingest ${ingest!.toFixed(0)} ms and tick ${tick!.toFixed(0)} ms of CPU a second, ` +
      `${((1000 * ingest!) / (partitions * sourcesEach)).toFixed(1)} µs a cell, ${Math.round(one.memoryBytes)} bytes a source and partition ` +
      `after ${seconds} s (${Math.round(one.snapshotBytes)} in a snapshot)`,
  );
  return one;
});
const [first, last] = [runs[0]!, runs.at(-1)!];
const perPartition = (of: (run: Run) => readonly number[]) => {
  const [below, above] = [first, last].map((one) => of(one).map((value) => value / one.partitions));
  return ratioOfMeans(above!, below!);
};
// What is in memory is known to a tenth only: a collection gives back what another size left behind.
const bytes = last.snapshotBytes / first.snapshotBytes;
const ratios = {
  tickGrowth: perPartition((one) => one.tickMs),
  ingestGrowth: perPartition((one) => one.ingestMs),
  stateGrowth: { median: bytes, low: bytes, high: bytes },
};
reported({
  bench: 'assess',
  ratios,
  runs: runs.map((one) => ({
    ...one,
    ingestMs: medianOf(one.ingestMs).median,
    tickMs: medianOf(one.tickMs).median,
  })),
  json: values.json,
  isUnclear: Object.values(ratios).some(({ low, high }) => low < mostGrowth && high >= mostGrowth),
});

function run(partitions: number): Run {
  const beforeBytes = usedBytes();
  const state = createState();
  let assessment: Assessment = firstAssessment(startMs);
  const ingested: number[] = [];
  const ticked: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const atMs = startMs + second * 1000;
    const reports = reportsOf(partitions, second);
    const from = cpuMs();
    for (const report of reports) ingest(state, report, report.toMs);
    const between = cpuMs();
    if (second >= seconds - 2 * measured || second % fillTickEvery === 0) {
      assessment = tick(assessment, state, atMs + 1_020);
    }
    const to = cpuMs();
    if (second < seconds - measured) continue;
    ingested.push(between - from);
    ticked.push(to - between);
  }
  if (assessment.totals.length === 0) throw new Error('nothing was judged');
  const memoryBytes = (usedBytes() - beforeBytes) / (partitions * sourcesEach);
  const snapshotBytes = serialize(state).length / (partitions * sourcesEach);
  return { partitions, ingestMs: ingested, tickMs: ticked, memoryBytes, snapshotBytes };
}

function usedBytes(): number {
  // What typed arrays held is given back with the next collection only.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Time on a processor, of all threads: what others do on the machine does not count, our own garbage collection does. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** As the collector's. */
function tick(previous: Assessment, state: State, nowMs: number): Assessment {
  const assessment = assess(previous, state, nowMs);
  seriesBetween(state, assessment.revisedFromMs, assessment.nowMs);
  return assessment;
}

function reportsOf(partitions: number, second: number): Report[] {
  const reports: Report[] = [];
  for (let first = 0; first < partitions; first += partitionsPerAgent) {
    reports.push(reportOf(first, Math.min(first + partitionsPerAgent, partitions), second));
  }
  return reports;
}

function reportOf(first: number, end: number, second: number): Report {
  const secondMs = startMs + second * 1000;
  const toMs = secondMs + 1000;
  const numbers = Array.from({ length: end - first }, (_, i) => first + i);
  return {
    version: 1,
    agent: {
      id: `agent-${first}`,
      host: `host-${first}`,
      processId: 1,
      startedMs: startMs,
      version: '0',
      client: 'bench',
    },
    sequence: second,
    fromMs: secondMs,
    toMs,
    clock: { source: 'none', readings: [], steps: [] },
    health: quietHealth,
    tasks: [
      {
        id: `group/${first}`,
        group: 'group',
        member: String(first),
        policies: [],
        streamTimeMs: toMs - 20,
        assignments:
          second === 0 ? [{ atMs: startMs, partitions: numbers.map((n) => ({ topic: 't', partition: n })) }] : [],
        cells: numbers.flatMap((n) => [0, 1, 2].map((source) => cellOf(n, source, second))),
        fetches: numbers.map((n) => ({
          topic: 't',
          partition: n,
          secondMs,
          asked: 2,
          answered: 2,
          errors: 0,
          firstHighWaterOffset: second * 30 + 30,
          lastHighWaterOffset: second * 30 + 30,
          position: second * 30 + 30,
          paused: false,
        })),
      },
    ],
  };
}

function cellOf(partition: number, source: number, second: number): Cell {
  const secondMs = startMs + second * 1000;
  const offset = second * 30 + source * 10;
  const point = (n: number) => ({
    offset: offset + n,
    eventMs: secondMs + 100 * n,
    append: { lowMs: secondMs + 100 * n + 5, highMs: secondMs + 100 * n + 15 },
  });
  const isLate = (partition * 7 + source * 3 + second) % 100 === 0;
  const culprit = {
    topic: 't',
    partition,
    offset,
    source: { kind: 'producer', producerId: '1' },
    eventMs: secondMs + 950,
    append: { lowMs: secondMs + 955, highMs: secondMs + 965 },
    processedMs: secondMs + 970,
  } as const;
  return {
    topic: 't',
    partition,
    // Each producer writes to a hundred partitions.
    source: { kind: 'producer', producerId: String(Math.floor(partition / 100) * 3 + source) },
    leader: partition % 5,
    secondMs,
    count: 10,
    first: point(0),
    last: point(9),
    quickest: point(0),
    slowest: point(9),
    minEventMs: secondMs,
    maxEventMs: secondMs + 900,
    outOfOrder: 0,
    outOfOrderMaxMs: 0,
    ...(isLate
      ? {
          late: {
            count: 1,
            firstOffset: offset,
            lastOffset: offset,
            minEventMs: secondMs,
            maxEventMs: secondMs,
            minStreamTimeMs: secondMs + 950,
            maxStreamTimeMs: secondMs + 950,
            outOfOrder: 0,
            maxLatenessMs: 950,
            latenessMs: {
              count: 1,
              sum: 950,
              min: 950,
              max: 950,
              zero: 0,
              positive: { offset: 0, counts: [1] },
              negative: { offset: 0, counts: [] },
            },
            culprit,
            dropped: [],
          },
        }
      : {}),
  } as unknown as Cell;
}
