import {
  assign,
  createObservation,
  laneOf,
  type Observation,
  observe,
  observeFetch,
  openTask,
  type PartitionState,
  partitionOf,
  type RecordSeen,
  type Report,
  type TaskState,
  takeReport,
} from '@tidemark/core';
import { prng } from '../../testbed/src/story/prng.ts';

/**
 * The seed's story, told through the agent's own fold: producers A and B, one event each 100 ms into partition 0 or 1; B is
 * cut off and then delivers what it held, in order, while A goes on. A report each second, as an agent would send them.
 */
export interface Story {
  readonly seed: number;
  readonly startMs: number;
  readonly seconds: number;
  /** Seconds after the start between which B reaches no broker; nothing is cut without it. */
  readonly cut?: readonly [from: number, to: number];
  /** How far B's clock is ahead. */
  readonly aheadMs?: number;
  readonly agentId?: string;
  readonly group?: string;
  readonly topic?: string;
  /** From this second on the consumer reads: what came before is a backlog. */
  readonly readsFrom?: number;
  /** From this second on its clock source gives no bound. */
  readonly clockLostFrom?: number;
}

const policy = { id: 'tumbling 5s grace 2s', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 } as const;
const eventEveryMs = 100;
const fetchEveryMs = 200;

export function reportsOf(story: Story): Report[] {
  const { startMs, seconds, readsFrom = 0, agentId = 'agent-1', group = 'orders-counter', topic = 'orders' } = story;
  const observation = createObservation({
    id: agentId,
    host: 'host-1',
    processId: 4711,
    startedMs: startMs,
    version: '0.1.0',
    client: 'kafkajs 2.2.4',
  });
  const task = openTask(observation, { group, member: 'member-1', policies: [policy] });
  assign(
    task,
    [0, 1].map((partition) => ({ topic, partition })),
    startMs,
  );
  const partitions = [0, 1].map((partition) => partitionOf(task, topic, partition));
  const logs: { readonly atMs: number; readonly eventMs: number; readonly name: string }[][] = [[], []];
  const random = prng(story.seed);
  for (const { name, atMs, eventMs } of arrivals(story)) logs[random() < 0.5 ? 0 : 1]!.push({ name, atMs, eventMs });

  const reports: Report[] = [];
  const read = [0, 0];
  for (let atMs = startMs + readsFrom * 1000; atMs < startMs + seconds * 1000; atMs += fetchEveryMs) {
    for (const [i, partition] of partitions.entries()) {
      const log = logs[i]!;
      const highWaterOffset = log.filter((record) => record.atMs < atMs).length;
      consume(task, partition, log.slice(read[i], highWaterOffset), { atMs, highWaterOffset });
      read[i] = highWaterOffset;
    }
    if ((atMs + fetchEveryMs - startMs) % 1000 === 0) reports.push(report(observation, atMs + fetchEveryMs, story));
  }
  return reports;
}

function arrivals({ startMs, seconds, cut, aheadMs = 0 }: Story): { name: string; atMs: number; eventMs: number }[] {
  const found: { name: string; atMs: number; eventMs: number }[] = [];
  for (let eventMs = startMs; eventMs < startMs + seconds * 1000; eventMs += eventEveryMs) {
    found.push({ name: 'A', eventMs, atMs: eventMs + 5 });
    const held = cut !== undefined && eventMs >= startMs + cut[0] * 1000 && eventMs < startMs + cut[1] * 1000;
    found.push({ name: 'B', eventMs: eventMs + 1 + aheadMs, atMs: held ? startMs + cut[1] * 1000 : eventMs + 6 });
  }
  return found.sort((a, b) => a.atMs - b.atMs || a.eventMs - b.eventMs);
}

function consume(
  task: TaskState,
  partition: PartitionState,
  records: readonly { readonly name: string; readonly eventMs: number }[],
  fetch: { readonly atMs: number; readonly highWaterOffset: number },
): void {
  const { atMs, highWaterOffset } = fetch;
  const lastOffset = records.length === 0 ? undefined : highWaterOffset - 1;
  observeFetch(partition, { askedMs: atMs - 3, answeredMs: atMs, highWaterOffset, lastOffset, leader: 1 });
  const seen = { createMs: Number.NaN, appendMs: Number.NaN } as RecordSeen;
  for (const [i, { name, eventMs }] of records.entries()) {
    seen.lane = laneOf(partition, { kind: 'named', name });
    seen.offset = highWaterOffset - records.length + i;
    seen.eventMs = eventMs;
    seen.createMs = eventMs;
    seen.processedMs = atMs + 1;
    observe(task, seen);
  }
}

function report(observation: Observation, nowMs: number, { startMs, clockLostFrom }: Story): Report {
  const server = 'time.example.org';
  const isLost = clockLostFrom !== undefined && nowMs > startMs + clockLostFrom * 1000;
  return takeReport(observation, nowMs, {
    clock: {
      source: isLost ? `none (${server} does not answer)` : `SNTP ${server}`,
      sources: [{ name: server, ...(isLost ? { trouble: `${server} does not answer` } : {}) }],
      readings: isLost ? [] : [{ atMs: nowMs - 500, offsetMs: 0.4, errorMs: 0.9, server, epoch: 0 }],
      steps: [],
      epoch: 0,
    },
    health: { queuedReports: 0, droppedReports: 0, unreadable: { 'no timestamp': 2 }, errors: 0 },
  });
}
