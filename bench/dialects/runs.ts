import { dialects } from '@tidemark/core';
import type { Trace } from './trace.ts';

const sizeMs = 60_000;
export const graceMs = 10_000;
const { kafkaStreams, flink } = dialects;
const tumbling = { kind: 'tumbling', sizeMs } as const;
const hopping = { kind: 'hopping', sizeMs, advanceMs: 10_000 } as const;
const session = { kind: 'session', gapMs: 5_000 } as const;
export const shapes = { tumbling, hopping, session } as const;
const ignore = (): void => {};

export interface Outcome {
  readonly dropped: number;
  readonly updates: number;
}

export function streams(window: dialects.WindowShape, { keys, eventsMs }: Trace): Outcome {
  const count = kafkaStreams.windowedCount({ window, graceMs });
  const record = { key: '', eventMs: 0, hasValue: true, nowMs: 0 };
  let dropped = 0;
  let updates = 0;
  const sink = { updated: () => void updates++, removed: () => void updates++ };
  for (let i = 0; i < eventsMs.length; i++) {
    record.key = keys[i]!;
    record.eventMs = eventsMs[i]!;
    dropped += count.take(record, sink);
  }
  return { dropped, updates };
}

function flinkWindows(window: Exclude<dialects.WindowShape, { kind: 'sliding' }>, { keys, eventsMs }: Trace): number {
  const operator = new flink.WindowOperator({ window, allowedLatenessMs: graceMs });
  const out = { watermark: (ms: number) => operator.advance(ms, ignore), idle: ignore, active: ignore };
  const source = new flink.Source(
    { outOfOrdernessMs: 0, idleTimeoutMs: undefined, emission: 'perRecord', partitions: 'merged', partitionCount: 1 },
    out,
  );
  let late = 0;
  for (let i = 0; i < eventsMs.length; i++) {
    if (operator.take(keys[i]!, eventsMs[i]!, ignore)) late++;
    source.record(0, eventsMs[i]!);
  }
  return late;
}

function dropsOnly(window: dialects.TimeWindowShape, { eventsMs }: Trace): number {
  const drops = new dialects.TimeWindowDrops(dialects.kafkaStreamsGrid(window), graceMs);
  let dropped = 0;
  for (let i = 0; i < eventsMs.length; i++) dropped += drops.take(eventsMs[i]!);
  return dropped;
}

/** Each gives what it has refused, so that none can be optimised away. */
export function runsOf(trace: Trace): Readonly<Record<string, () => number>> {
  const { keys, eventsMs } = trace;
  return {
    'drops only, tumbling': () => dropsOnly(tumbling, trace),
    'drops only, hopping': () => dropsOnly(hopping, trace),
    'kafka streams, tumbling': () => streams(tumbling, trace).dropped,
    'kafka streams, hopping': () => streams(hopping, trace).dropped,
    'kafka streams, sliding': () => streams({ kind: 'sliding', differenceMs: 1_000 }, trace).dropped,
    'kafka streams, session': () => streams(session, trace).dropped,
    'flink, tumbling': () => flinkWindows(tumbling, trace),
    'flink, hopping': () => flinkWindows(hopping, trace),
    'flink, session': () => flinkWindows(session, trace),
    'beam, tumbling': () => {
      const windows = new dialects.BeamWindows({ window: tumbling, outOfOrdernessMs: 0, allowedLatenessMs: graceMs });
      let dropped = 0;
      for (let i = 0; i < eventsMs.length; i++) dropped += windows.take(keys[i]!, eventsMs[i]!, ignore);
      return dropped;
    },
    'grace curve, 20 graces': () => {
      const gracesMs = Array.from({ length: 20 }, (_, i) => i * 3_000);
      const curve = new dialects.GraceCurve(dialects.kafkaStreamsGrid(tumbling), gracesMs);
      for (let i = 0; i < eventsMs.length; i++) curve.take(eventsMs[i]!);
      return curve.points()[0]!.droppedWindows;
    },
  };
}
