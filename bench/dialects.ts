/**
 * Records per second of each dialect, and nanoseconds per record of drop decisions alone, on one seeded trace: 64 keys,
 * mostly in order, one record in ten late by up to a minute. Blocks of all runs alternate within one process; the median counts.
 *
 *   node --conditions=tidemark-source bench/dialects.ts [--blocks 15] [--json]
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { dialects } from '@tidemark/core';

const { values: options } = parseArgs({
  options: { blocks: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } },
});
const records = 200_000;
const sizeMs = 60_000;
const graceMs = 10_000;

interface Trace {
  readonly keys: readonly string[];
  readonly eventsMs: Float64Array;
}

function makeTrace(): Trace {
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
  const eventsMs = new Float64Array(records);
  const keys: string[] = [];
  for (let i = 0, nowMs = 1_700_000_000_000; i < records; i++) {
    nowMs += Math.floor(random() * 20);
    eventsMs[i] = random() < 0.1 ? nowMs - Math.floor(random() * 60_000) : nowMs;
    keys.push(`key-${Math.floor(random() * 64)}`);
  }
  return { keys, eventsMs };
}

const { keys, eventsMs } = makeTrace();
const { kafkaStreams, flink } = dialects;
const tumbling = { kind: 'tumbling', sizeMs } as const;
const hopping = { kind: 'hopping', sizeMs, advanceMs: 10_000 } as const;
const session = { kind: 'session', gapMs: 5_000 } as const;
const ignore = (): void => {};
let checksum = 0;

function streams(window: dialects.WindowShape): () => void {
  return () => {
    const count = kafkaStreams.windowedCount({ window, graceMs });
    const record = { key: '', eventMs: 0, hasValue: true, nowMs: 0 };
    for (let i = 0; i < records; i++) {
      record.key = keys[i]!;
      record.eventMs = eventsMs[i]!;
      checksum += count.take(record, kafkaStreams.nowhere);
    }
  };
}

function flinkWindows(window: Exclude<dialects.WindowShape, { kind: 'sliding' }>): () => void {
  return () => {
    const operator = new flink.WindowOperator({ window, allowedLatenessMs: graceMs });
    const out = { watermark: (ms: number) => operator.advance(ms, ignore), idle: ignore, active: ignore };
    const source = new flink.Source(
      { outOfOrdernessMs: 0, idleTimeoutMs: undefined, emission: 'perRecord', partitions: 'merged', partitionCount: 1 },
      out,
    );
    for (let i = 0; i < records; i++) {
      if (operator.take(keys[i]!, eventsMs[i]!, ignore)) checksum++;
      source.record(0, eventsMs[i]!);
    }
  };
}

function dropsOnly(window: dialects.TimeWindowShape): () => void {
  return () => {
    const drops = new dialects.TimeWindowDrops(dialects.kafkaStreamsGrid(window), graceMs);
    for (let i = 0; i < records; i++) checksum += drops.take(eventsMs[i]!);
  };
}

const runs: Readonly<Record<string, () => void>> = {
  'drops only, tumbling': dropsOnly(tumbling),
  'drops only, hopping': dropsOnly(hopping),
  'kafka streams, tumbling': streams(tumbling),
  'kafka streams, hopping': streams(hopping),
  'kafka streams, sliding': streams({ kind: 'sliding', differenceMs: 1_000 }),
  'kafka streams, session': streams(session),
  'flink, tumbling': flinkWindows(tumbling),
  'flink, hopping': flinkWindows(hopping),
  'flink, session': flinkWindows(session),
  'beam, tumbling': () => {
    const windows = new dialects.BeamWindows({ window: tumbling, outOfOrdernessMs: 0, allowedLatenessMs: graceMs });
    for (let i = 0; i < records; i++) checksum += windows.take(keys[i]!, eventsMs[i]!, ignore);
  },
  'grace curve, 20 graces': () => {
    const graces = Array.from({ length: 20 }, (_, i) => i * 3_000);
    const curve = new dialects.GraceCurve(dialects.kafkaStreamsGrid(tumbling), graces);
    for (let i = 0; i < records; i++) curve.take(eventsMs[i]!);
    checksum += curve.points()[0]!.droppedWindows;
  },
};

const nsPerRecord = new Map<string, number[]>(Object.keys(runs).map((name) => [name, []]));
for (let block = -2; block < Number(options.blocks); block++) {
  for (const [name, run] of Object.entries(runs)) {
    const startedNs = process.hrtime.bigint();
    run();
    if (block >= 0) nsPerRecord.get(name)!.push(Number(process.hrtime.bigint() - startedNs) / records);
  }
}

const rows = [...nsPerRecord].map(([name, ns]) => {
  const sorted = ns.sort((one, other) => one - other);
  const median = sorted[sorted.length >> 1]!;
  return {
    name,
    nsPerRecord: Number(median.toFixed(1)),
    recordsPerSecond: Math.round(1e9 / median),
    blocks: sorted.length,
  };
});
console.table(Object.fromEntries(rows.map(({ name, ...row }) => [name, row])));
if (checksum === 0) throw new Error('nothing was dropped: the trace is not what it should be');
if (options.json) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  console.log(
    JSON.stringify({ bench: 'dialects', commit, machine: cpus()[0]?.model ?? '', ratios: {}, ci: {}, runs: rows }),
  );
}
