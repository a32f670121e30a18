/**
 * What the evidence for the clocks costs of each record: core's `observe` as it is, and in a copy that keeps no pairs of stamps,
 * on the same records, in blocks that take turns within one process, and several processes.
 *
 *   npm run -s bench -- clock-evidence [--turns 200] [--json]
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as whole from '@tidemark/core';
import { ratioOfMeans } from '../ratio.ts';
import { reported } from '../report.ts';
import { coreWithoutEvidence } from './without.ts';

const { values: options } = parseArgs({
  options: {
    turns: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
    /** One variant, in this process: for ourselves. */
    only: { type: 'string' },
  },
});
const turns = Number(options.turns);
const recordsPerBlock = 50_000;
const recordsPerFetch = 5_000;
const warmUps = 20;
const rounds = 12;
/** An interval that is wider than this each way says nothing. */
const widestCi = 0.25;

interface Variant {
  readonly name: string;
  readonly recordsPerBatch: number;
  readonly logAppendTime: boolean;
}

const variants: readonly Variant[] = [
  { name: 'CreateTime', recordsPerBatch: 100, logAppendTime: false },
  { name: 'LogAppendTime', recordsPerBatch: 100, logAppendTime: true },
  { name: 'LogAppendTime, one record a batch', recordsPerBatch: 1, logAppendTime: true },
];

type Core = typeof whole;

/** Observes a block of records that goes on from the one before; gives the CPU of each record. */
function observer(core: Core, variant: Variant): () => number {
  const identity = { id: 'bench', host: 'bench', processId: 1, startedMs: 0, version: '0', client: 'bench' };
  const observation = core.createObservation(identity);
  const task = core.openTask(observation, { group: 'bench', member: 'bench', policies: [] });
  const partition = core.partitionOf(task, 'events', 0);
  const lane = core.laneOf(partition, { kind: 'producer', producerId: '7' });
  const unknown = Number.NaN;
  const seen: whole.RecordSeen = {
    lane,
    offset: -1,
    eventMs: 1_790_000_000_000,
    createMs: unknown,
    appendMs: unknown,
    processedMs: 1_790_000_000_000,
    startsBatch: false,
    leaderEpoch: 0,
  };
  const nothingElse = {
    clock: { source: '', readings: [], steps: [] },
    health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
  };
  let nowMs = seen.processedMs;

  return () => {
    // A report and the fetches are not part of the path, but without them cells pile up and brackets are unknown.
    core.takeReport(observation, nowMs, nothingElse);
    for (let lastOffset = seen.offset + recordsPerFetch; lastOffset <= seen.offset + recordsPerBlock; ) {
      const fetch = { askedMs: nowMs - 5, answeredMs: nowMs, highWaterOffset: lastOffset + 1, lastOffset, leader: 1 };
      core.observeFetch(partition, fetch);
      lastOffset += recordsPerFetch;
    }
    const before = process.threadCpuUsage();
    for (let i = 0; i < recordsPerBlock; i++) {
      seen.offset++;
      if ((i & 15) === 0) nowMs++;
      seen.startsBatch = i % variant.recordsPerBatch === 0;
      seen.eventMs = nowMs;
      seen.createMs = !variant.logAppendTime || seen.startsBatch ? nowMs - (i & 7) : unknown;
      seen.appendMs = variant.logAppendTime ? nowMs : unknown;
      seen.processedMs = nowMs;
      core.observe(task, seen);
    }
    const used = process.threadCpuUsage(before);
    return ((used.user + used.system) * 1000) / recordsPerBlock;
  };
}

interface Measured {
  readonly wholeNs: number[];
  readonly bareNs: number[];
}

async function measure(variant: Variant): Promise<Measured> {
  const [withIt, withoutIt] = [observer(whole, variant), observer(await coreWithoutEvidence(), variant)];
  const measured: Measured = { wholeNs: [], bareNs: [] };
  for (let turn = -warmUps; turn < turns; turn++) {
    // Who goes first alternates as well.
    const first = turn % 2 === 0 ? withIt() : withoutIt();
    const second = turn % 2 === 0 ? withoutIt() : withIt();
    if (turn < 0) continue;
    measured.wholeNs.push(turn % 2 === 0 ? first : second);
    measured.bareNs.push(turn % 2 === 0 ? second : first);
  }
  return measured;
}

/** In processes of their own: what the compiler made of a copy for one kind of records must not decide for another. */
function measureApart(variant: Variant): Measured {
  const measured: Measured = { wholeNs: [], bareNs: [] };
  const flags = ['--conditions=tidemark-source', fileURLToPath(import.meta.url), '--turns', options.turns];
  for (let round = 0; round < rounds; round++) {
    const said = execFileSync(process.execPath, [...flags, '--only', variant.name], { encoding: 'utf8' });
    const { wholeNs, bareNs } = JSON.parse(said) as Measured;
    // One value a process: its turns have the compiler's luck in common.
    measured.wholeNs.push(mean(wholeNs));
    measured.bareNs.push(mean(bareNs));
  }
  return measured;
}

if (options.only !== undefined) {
  const variant = variants.find(({ name }) => name === options.only)!;
  console.log(JSON.stringify(await measure(variant)));
} else {
  const ratios: { [name: string]: ReturnType<typeof ratioOfMeans> } = {};
  const runs = [];
  for (const variant of variants) {
    const { wholeNs, bareNs } = measureApart(variant);
    const differences = wholeNs.map((ns, i) => ns - bareNs[i]!);
    const evidenceNs = mean(differences);
    const reachNs = (1.96 * Math.sqrt(mean(differences.map((ns) => (ns - evidenceNs) ** 2)))) / Math.sqrt(rounds);
    console.log(
      `${variant.name.padEnd(33)} observe ${mean(wholeNs).toFixed(1)} ns, without the evidence ${mean(bareNs).toFixed(1)} ns: ` +
        `${evidenceNs.toFixed(1)} ns a record, 95 %: ${(evidenceNs - reachNs).toFixed(1)} – ${(evidenceNs + reachNs).toFixed(1)}`,
    );
    ratios[variant.name] = ratioOfMeans(wholeNs, bareNs);
    runs.push({ variant: variant.name, evidenceNs, reachNs });
  }
  const isUnclear = Object.values(ratios).some(({ median, low, high }) => high - low > 2 * widestCi * median);
  reported({ bench: 'clock-evidence', ratios, runs, json: options.json, isUnclear });
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
