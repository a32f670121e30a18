import { dialects } from '@tidemark/core';
import { compare } from '../compare.ts';
import type { Mismatch } from '../mismatch.ts';
import { aggregate, Updates } from './kafka-streams-run.ts';
import { type KafkaStreamsSpec, readKafkaStreamsSpec } from './kafka-streams-spec.ts';
import { InputFault, integer, list, object, oneOf, optionalInteger, text, texts } from './read.ts';
import { readTrace, type TraceRecord } from './trace.ts';

/** One record as the application took it. */
interface Taken {
  readonly record: TraceRecord;
  readonly task: string;
}

interface BrokerSpec extends KafkaStreamsSpec {
  readonly topics: readonly string[];
  readonly maxTaskIdleMs: number;
  readonly repartitionTo: number | undefined;
  readonly partitionsPerTopic: number;
  readonly emit: 'onWindowUpdate' | 'onWindowClose';
  readonly emitIntervalMs: number;
}

const informative: ReadonlySet<string> = new Set(['wall', 'events', 'sourceOrder']);

/**
 * `kafka-broker`: an application against a real broker. Where its order was not fixed, the order seen is input, stream
 * times and drops follow from it; where it was, the order has to come out too.
 */
export function judgeKafkaBroker(content: Record<string, unknown>): Mismatch[] {
  const spec = readBrokerSpec(object(content.spec, 'spec'));
  const trace = readTrace(content.trace, { arrivalsOrdered: false });
  const want = object(content.expected, 'expected');
  const seen = readOrder(want.order, trace);
  const restart = restartAt(want.events);
  const { order, dropped } = run(spec, seen, restart);
  const wantOrder = list(want.order, 'expected.order').map((item, at) =>
    at < restart ? item : without(item, 'updates'),
  );
  const counters = object(want.counters, 'expected.counters');
  return [
    ...misplaced(spec, text(content.deterministic, 'deterministic'), seen, trace),
    ...compare(
      { ...want, order: wantOrder },
      { order, counters: readCounters(spec, counters, dropped) },
      'expected',
      informative,
    ),
  ];
}

function readBrokerSpec(fields: Record<string, unknown>): BrokerSpec {
  const inputs = ['topics', 'maxTaskIdleMs', 'emit', 'emitIntervalMs', 'partitionsPerTopic', 'repartitionTo'];
  const course = ['preloadPhases', 'pauseMs', 'restartBeforePhase'];
  const spec = readKafkaStreamsSpec(fields, [...inputs, ...course]);
  for (const name of course) optionalInteger(fields[name], `spec.${name}`, 0);
  oneOf(fields.tasks, 'spec.tasks', ['single']);
  return {
    ...spec,
    topics: texts(fields.topics, 'spec.topics'),
    maxTaskIdleMs: integer(fields.maxTaskIdleMs, 'spec.maxTaskIdleMs'),
    partitionsPerTopic: optionalInteger(fields.partitionsPerTopic, 'spec.partitionsPerTopic', 1) ?? 1,
    repartitionTo: optionalInteger(fields.repartitionTo, 'spec.repartitionTo', 1),
    emit: oneOf(fields.emit ?? 'onWindowUpdate', 'spec.emit', ['onWindowUpdate', 'onWindowClose']),
    emitIntervalMs: optionalInteger(fields.emitIntervalMs, 'spec.emitIntervalMs', 0) ?? 1_000,
  };
}

/** Every record exactly once, each partition in its own order: anything else no application can have seen. */
function readOrder(value: unknown, trace: readonly TraceRecord[]): Taken[] {
  const nextOffset = new Map<string, number>();
  const order = list(value, 'expected.order').map((item, at) => {
    const where = `expected.order[${at}]`;
    const fields = object(item, where);
    const record = trace[integer(fields.i, `${where}.i`, 0)];
    const id = `${record?.topic} ${record?.partition}`;
    const due = nextOffset.get(id) ?? 0;
    if (record?.offset !== due)
      throw new InputFault(`${where}.i`, `the record at offset ${due} of its partition`, fields.i);
    nextOffset.set(id, due + 1);
    return { record, task: text(fields.task, `${where}.task`) };
  });
  if (order.length !== trace.length) throw new InputFault('expected.order.length', String(trace.length), order.length);
  return order;
}

/** The place in the order before which the application was closed and started again. */
function restartAt(value: unknown): number {
  for (const [at, item] of list(value ?? [], 'expected.events').entries()) {
    const event = object(item, `expected.events[${at}]`);
    if (event.event === 'restart') return integer(event.afterOrder, `expected.events[${at}].afterOrder`, 0);
  }
  return Number.POSITIVE_INFINITY;
}

function run(spec: BrokerSpec, seen: readonly Taken[], restart: number): { order: unknown[]; dropped: number } {
  const tasks = new Map<string, { count: dialects.kafkaStreams.Aggregation; streamTimeMs: number; updates: Updates }>();
  let total = 0;
  const order = seen.map(({ record, task: name }, at) => {
    if (at === restart) for (const task of tasks.values()) task.count.restart();
    let task = tasks.get(name);
    if (task === undefined) {
      task = { count: dialects.kafkaStreams.windowedCount(spec), streamTimeMs: -1, updates: new Updates() };
      tasks.set(name, task);
    }
    task.streamTimeMs = Math.max(task.streamTimeMs, record.eventMs);
    const dropped = aggregate(
      task.count,
      spec,
      record,
      { eventMs: record.eventMs, nowMs: record.arrivalMs },
      task.updates,
    );
    total += dropped;
    const updates = task.updates.take();
    return {
      i: record.i,
      task: taskOf(spec, record) ?? name,
      streamTime: task.streamTimeMs,
      ...(spec.emit === 'onWindowClose' ? {} : { dropped }),
      ...(at < restart ? { updates } : {}),
    };
  });
  return { order, dropped: total };
}

/** Which task of the application a record belongs to; undefined where its key decides among repartitioned ones. */
function taskOf({ repartitionTo }: BrokerSpec, { partition }: TraceRecord): string | undefined {
  if (repartitionTo === undefined) return `0_${partition}`;
  return repartitionTo === 1 ? '1_0' : undefined;
}

/** How often a task went on without waiting is known only where it has nothing to wait for. */
function readCounters(spec: BrokerSpec, want: Record<string, unknown>, dropped: number): Record<string, unknown> {
  const never = spec.maxTaskIdleMs < 0 || spec.topics.length === 1;
  const enforced = never
    ? 0
    : integer(want['enforced-processing-total'], 'expected.counters.enforced-processing-total', 0);
  return { droppedRecordsTotal: dropped, 'enforced-processing-total': enforced };
}

/** What is wrong with the order of the application where the file says that the order was fixed. */
function misplaced(
  spec: BrokerSpec,
  deterministic: string,
  seen: readonly Taken[],
  trace: readonly TraceRecord[],
): Mismatch[] {
  const phaseOnly = deterministic.includes('order of phase 0');
  if (phaseOnly && spec.maxTaskIdleMs < 0) return [];
  const isFixed = phaseOnly || deterministic === 'everything' || deterministic.startsWith('order');
  if (!isFixed) return [];
  const isCompared = ({ phase }: TraceRecord): boolean => !phaseOnly || phase === 0;
  const mismatches: Mismatch[] = [];
  for (const task of new Set(seen.map((taken) => taken.task))) {
    const got = seen.filter((taken) => taken.task === task).map(({ record }) => record);
    const mine = new Set(got);
    const want = choose(
      spec,
      trace.filter((record) => mine.has(record) && isCompared(record)),
      got[0]!,
    );
    const compared = got.filter(isCompared).map(({ i }) => i);
    mismatches.push(
      ...compare(
        compared,
        want.map(({ i }) => i),
        `expected.order of task ${task}`,
        informative,
      ),
    );
  }
  return mismatches;
}

/** The order in which a task takes records that all lie ready for it. */
function choose(spec: BrokerSpec, records: readonly TraceRecord[], first: TraceRecord): TraceRecord[] {
  const partitions = new Map<string, { topic: string; partition: number }>();
  // Which of two equal first heads comes first depends on whose fetch came first: that much is taken from the order seen.
  for (const record of [first, ...records]) {
    const at = { topic: record.topic ?? '', partition: record.partition };
    partitions.set(`${at.topic} ${at.partition}`, at);
  }
  const group = new dialects.kafkaStreams.PartitionGroup<TraceRecord>({
    partitions: [...partitions.values()],
    extractor: spec.extractor,
    maxTaskIdleMs: -1,
  });
  for (const at of partitions.values()) {
    group.add(
      at,
      records.filter((record) => record.topic === at.topic && record.partition === at.partition),
    );
  }
  const order: TraceRecord[] = [];
  for (let step = group.next(0); step !== undefined; step = group.next(0)) if (step.record) order.push(step.record);
  return order;
}

function without(value: unknown, key: string): unknown {
  const { [key]: _, ...rest } = object(value, 'expected.order');
  return rest;
}
