import { dialects } from '@tidemark/core';
import { compare } from '../compare.ts';
import type { Mismatch } from '../mismatch.ts';
import { aggregate, TaskMetrics, Updates } from './kafka-streams-run.ts';
import { type KafkaStreamsSpec, readKafkaStreamsSpec } from './kafka-streams-spec.ts';
import { InputFault, integer, list, object, oneOf, texts } from './read.ts';
import { readTrace, type TraceRecord } from './trace.ts';
import { WindowTable } from './window-table.ts';

interface Poll {
  readonly nowMs: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly records: readonly TraceRecord[];
    readonly endOffset: number;
  }[];
}

const informative: ReadonlySet<string> = new Set(['wall']);

/** `kafka-streams`, kind `task`: one task of several topics, fed by polls. */
export function judgeKafkaStreamsTask(content: Record<string, unknown>): Mismatch[] {
  const fields = object(content.spec, 'spec');
  const spec = readKafkaStreamsSpec(fields, ['topics', 'maxTaskIdleMs']);
  oneOf(fields.tasks, 'spec.tasks', ['single']);
  const topics = texts(fields.topics, 'spec.topics');
  const maxTaskIdleMs = integer(fields.maxTaskIdleMs, 'spec.maxTaskIdleMs');
  const trace = readTrace(content.trace, { arrivalsOrdered: true });
  const polls = list(content.polls, 'polls').map((poll, at) => readPoll(poll, `polls[${at}]`, topics, trace));
  return compare(content.expected, runTask(spec, { topics, maxTaskIdleMs }, polls), 'expected', informative);
}

function runTask(
  spec: KafkaStreamsSpec,
  { topics, maxTaskIdleMs }: { topics: readonly string[]; maxTaskIdleMs: number },
  polls: readonly Poll[],
): unknown {
  const partitions = topics.map((topic) => ({ topic, partition: 0 }));
  const group = new dialects.kafkaStreams.PartitionGroup<TraceRecord>({
    partitions,
    extractor: spec.extractor,
    maxTaskIdleMs,
  });
  const count = dialects.kafkaStreams.windowedCount(spec);
  const updates = new Updates();
  const metrics = new TaskMetrics();
  const table = new WindowTable();
  const fetched = new Map<string, number>();
  const order: unknown[] = [];
  let refused = 0;
  let told = 0;

  const process = (nowMs: number): number => {
    let processed = 0;
    for (let step = group.next(nowMs); step !== undefined; step = group.next(nowMs), processed++) {
      metrics.lateness(step.latenessMs);
      if (step.record !== undefined)
        refused += aggregate(count, spec, step.record, { eventMs: step.eventMs, nowMs }, updates);
      const rows = updates.take();
      for (const row of rows) table.set(row);
      const dropped = group.skipped + refused - told;
      told += dropped;
      order.push({ i: step.record?.i ?? null, streamTime: step.streamTimeMs, dropped, updates: rows });
    }
    return processed;
  };
  const outcomes = polls.map(({ nowMs, topics: polled }) => {
    for (const { topic, records, endOffset } of polled) {
      group.add({ topic, partition: 0 }, records);
      fetched.set(topic, (fetched.get(topic) ?? 0) + records.length);
      group.setLag({ topic, partition: 0 }, endOffset - fetched.get(topic)!);
    }
    return { processed: process(nowMs), stillBuffered: group.hasBuffered };
  });
  return {
    order,
    polls: outcomes,
    windows: table.sorted(),
    counters: {
      droppedRecordsTotal: group.skipped + refused,
      'record-lateness-avg': metrics.latenessAvg,
      'record-lateness-max': metrics.latenessMax,
      'enforced-processing-total': group.enforced,
    },
  };
}

function readPoll(value: unknown, where: string, topics: readonly string[], trace: readonly TraceRecord[]): Poll {
  const poll = object(value, where);
  const fetched = object(poll.fetched, `${where}.fetched`);
  const endOffsets = object(poll.endOffsets, `${where}.endOffsets`);
  return {
    nowMs: integer(poll.wall, `${where}.wall`),
    topics: topics.map((topic) => ({
      topic,
      records: list(fetched[topic], `${where}.fetched.${topic}`).map((i, at) => {
        const record = trace[integer(i, `${where}.fetched.${topic}[${at}]`, 0)];
        if (record?.topic !== topic)
          throw new InputFault(`${where}.fetched.${topic}[${at}]`, `a record of ${topic}`, i);
        return record;
      }),
      endOffset: integer(endOffsets[topic], `${where}.endOffsets.${topic}`, 0),
    })),
  };
}
