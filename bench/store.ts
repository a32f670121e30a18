/**
 * What it costs that nothing acknowledged is lost: a report with a store beside one without, and what a snapshot of a large
 * state does to the collector beside which it is made: after two minutes what is remembered of each source is as large as it gets.
 *
 *   npm run -s bench -- store [--blocks 60] [--partitions 10000] [--seconds 120] [--json]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serialize } from 'node:v8';
import { gzipSync } from 'node:zlib';
import {
  assign,
  createObservation,
  laneOf,
  observe,
  observeFetch,
  openTask,
  partitionOf,
  type RecordSeen,
  type Report,
  takeReport,
} from '@tidemark/core';
import { pino } from 'pino';
import { createCollector } from '../collector/src/collector.ts';
import { Store } from '../collector/src/store/store.ts';
import { medianOf } from './median.ts';
import { reported } from './report.ts';

const { values: options } = parseArgs({
  options: {
    blocks: { type: 'string', default: '60' },
    partitions: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '120' },
    json: { type: 'boolean', default: false },
  },
});
/** An interval wider than this says little of what a report waits for the disk. */
const mostSpread = 2;
const startMs = 1_700_000_000_000;
const sources = ['A', 'B', 'C'];
const log = pino({ level: 'silent' });

/** An agent that sees one record a second of each source in each of its partitions; call it once a second. */
function agent(id: string, partitions: number): (second: number) => Report {
  const observation = createObservation({
    id,
    host: id,
    processId: 1,
    startedMs: startMs,
    version: '0.1.0',
    client: 'kafkajs 2.2.4',
  });
  const task = openTask(observation, { group: id, member: 'member', policies: [] });
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic: 'orders', partition }));
  assign(task, places, startMs);
  const states = places.map(({ topic, partition }) => partitionOf(task, topic, partition));
  const seen = { createMs: Number.NaN, appendMs: Number.NaN } as RecordSeen;
  return (second) => {
    const atMs = startMs + second * 1000;
    for (const [i, partition] of states.entries()) {
      const highWaterOffset = (second + 1) * sources.length;
      observeFetch(partition, {
        askedMs: atMs + 490,
        answeredMs: atMs + 500,
        highWaterOffset,
        lastOffset: highWaterOffset - 1,
        leader: i % 3,
      });
      for (const [at, name] of sources.entries()) {
        seen.lane = laneOf(partition, { kind: 'named', name });
        seen.offset = second * sources.length + at;
        seen.eventMs = atMs + 400 + at * 30;
        seen.processedMs = atMs + 501;
        observe(task, seen);
      }
    }
    const clock = { source: 'none', readings: [], steps: [] };
    return takeReport(observation, atMs + 1000, {
      clock,
      health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
    });
  };
}

const folders: string[] = [];

function collector(kind: 'memory' | 'store') {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  folders.push(folder);
  const settings = { folder, retentionMs: 86_400_000, maxBytes: 1e12, snapshotEveryMs: 1e12 };
  let nowMs = startMs;
  const open = () => new Store(settings, { log, nowMs: () => nowMs, topology: undefined });
  const store = kind === 'store' ? open() : undefined;
  const { intake, state, board } = createCollector({ nowMs: () => nowMs, log, pageDirectory: '/nowhere', store });
  const take = async (report: Report): Promise<void> => {
    nowMs = report.toMs;
    // What the door has at this point: the body as it came, and the report in it.
    const body = gzipSync(JSON.stringify(report), { level: 1 });
    const startedMs = performance.now();
    await intake.report(report, { body, isPacked: true }, nowMs);
    spentMs += performance.now() - startedMs;
  };
  let spentMs = 0;
  return { intake, state, board, store, open, settings, take, spent: () => spentMs, at: () => nowMs };
}

/** Blocks that alternate: a small consumer's report after the other, each awaited. */
async function perReport(blocks: number) {
  const sides = {
    memory: { ...collector('memory'), next: agent('small', 12) },
    store: { ...collector('store'), next: agent('small', 12) },
  };
  const perBlock = 50;
  const ratios: number[] = [];
  const ms: { memory: number[]; store: number[] } = { memory: [], store: [] };
  for (let block = 0; block < blocks; block++) {
    for (const name of ['memory', 'store'] as const) {
      const { take, spent, next, intake, at } = sides[name];
      const before = spent();
      for (let i = 0; i < perBlock; i++) await take(next(block * perBlock + i));
      ms[name].push((spent() - before) / perBlock);
      await intake.tick(at());
    }
    ratios.push(ms.store.at(-1)! / ms.memory.at(-1)!);
  }
  await sides.store.store!.close();
  const { median: ratio, low, high } = medianOf(ratios);
  return { memoryMs: medianOf(ms.memory).median, storeMs: medianOf(ms.store).median, ratio, ci: [low, high] as const };
}

/** Event-loop delay of the busiest turn, while a 10 ms timer ticks. */
async function delayWhile(work: () => Promise<void>): Promise<{ readonly p99Ms: number; readonly maxMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  await work();
  delay.disable();
  return { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 };
}

async function large(partitions: number, seconds: number) {
  const agents = Array.from({ length: 10 }, (_, i) => agent(`agent-${i}`, partitions / 10));
  const { take, intake, store, state, board, settings, at } = collector('store');
  let tickMs = 0;
  for (let second = 0; second < seconds; second++) {
    for (const next of agents) await take(next(second));
    const startedMs = performance.now();
    await intake.tick(at());
    tickMs = performance.now() - startedMs;
  }
  const quiet = await delayWhile(() => sleep(3_000));
  const startedMs = performance.now();
  const during = await delayWhile(async () => {
    settings.snapshotEveryMs = 0;
    store!.housekeep();
    settings.snapshotEveryMs = 1e12;
    while (store!.snapshots === 0) await sleep(5);
  });
  const besideMs = performance.now() - startedMs;
  const copyStartedMs = performance.now();
  const bytes = serialize({ state, assessment: board.assessment }).length;
  const copyMs = performance.now() - copyStartedMs;
  await store!.close();
  const restartStartedMs = performance.now();
  const again = new Store(settings, { log, nowMs: at, topology: undefined });
  const restartMs = performance.now() - restartStartedMs;
  const same = again.folded.state.tasks.size === state.tasks.size;
  await again.close();
  return {
    partitions,
    lanes: partitions * sources.length,
    seconds,
    tickMs,
    bytes,
    besideMs,
    copyMs,
    restartMs,
    same,
    quiet,
    during,
  };
}

const small = await perReport(Number(options.blocks));
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
console.log(
  `a report of 12 partitions x 3 sources, one at a time: ${ms(small.memoryMs)} in memory, ${ms(small.storeMs)} with a store (x${small.ratio.toFixed(1)} [${small.ci.map((r) => r.toFixed(1)).join(', ')}])`,
);
const scale = await large(Number(options.partitions), Number(options.seconds));
for (const folder of folders) rmSync(folder, { recursive: true, force: true });
console.log(
  `${scale.partitions} partitions x 3 sources, after ${scale.seconds} s: state of ${(scale.bytes / 1e6).toFixed(0)} MB, a tick takes ${ms(scale.tickMs)}`,
);
console.log(
  `  snapshot beside the collector ${ms(scale.besideMs)}; event loop meanwhile p99 ${ms(scale.during.p99Ms)}, longest ${ms(scale.during.maxMs)} (idle: ${ms(scale.quiet.p99Ms)}, ${ms(scale.quiet.maxMs)})`,
);
console.log(
  `  to copy the state on the main thread instead would stop it for ${ms(scale.copyMs)}; a restart from the snapshot takes ${ms(scale.restartMs)}`,
);
const { ratio: median, ci, ...each } = small;
const [low, high] = ci;
reported({
  bench: 'store',
  ratios: { vsMemory: { median, low, high } },
  runs: [{ ...each }, scale],
  json: options.json,
  isUnclear: high > mostSpread * low,
});
