import { dialects, type Incident, type Policy } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { hear, type Story, tell, type Written } from '../testbed/src/story/story.ts';

// What an incident names as its remedy is tried: the same world again, read by a task of Kafka Streams that has it.

const startMs = 1_700_000_000_000;
const policy: Policy = { id: 'p', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 };
const span = { fromMs: 20_000, toMs: 45_000 };
const partitions = [0, 1].map((partition) => ({ topic: 'orders', partition }));
const pollMs = 20;

/** B, which is cut off, writes to the second partition, and A to the first one or to both. */
function story(seed: number, a: { readonly partition?: number }, ratePerSecond: number): Story {
  return {
    seed,
    startMs,
    durationMs: 80_000,
    partitions: partitions.length,
    producers: [
      { name: 'A', ratePerSecond: 40, ...a },
      { name: 'B', ratePerSecond, cut: span, partition: 1 },
    ],
    policy,
  };
}

function theOne(told: ReturnType<typeof tell>): Incident {
  const { incidents } = hear(told.reports).assessment;
  expect(incidents.map(({ kind }) => kind)).toEqual(['producerCutOff']);
  return incidents[0]!;
}

/** How many records a task drops that takes the smallest event time first and waits so long for an empty partition. */
function droppedWith(maxTaskIdleMs: number, written: readonly Written[]): number {
  const group = new dialects.kafkaStreams.PartitionGroup<Written>({
    partitions,
    extractor: 'LogAndSkipOnInvalidTimestamp',
    maxTaskIdleMs,
  });
  for (const place of partitions) group.setLag(place, 0);
  const { sizeMs } = policy.window;
  let dropped = 0;
  let next = 0;
  for (let nowMs = startMs; next < written.length || group.hasBuffered; nowMs += pollMs) {
    for (; next < written.length && written[next]!.appendMs < nowMs; next++) {
      group.add(partitions[written[next]!.partition]!, [written[next]!]);
    }
    for (let step = group.next(nowMs); step !== undefined; step = group.next(nowMs)) {
      const endMs = (Math.floor(step.eventMs / sizeMs) + 1) * sizeMs;
      if (endMs + policy.graceMs <= step.streamTimeMs) dropped++;
    }
  }
  return dropped;
}

describe.for([1, 2, 3, 4])('seed %i', (seed) => {
  // The slow one is silent for longer in its partition than it was cut off.
  test.for([30, 0.5])(
    'alone in its partition, %d records a second: the idling that it names would have kept all',
    (rate) => {
      const told = tell(story(seed, { partition: 0 }, rate));
      const idling = theOne(told).remedies.find((remedy) => remedy.kind === 'idling')!;
      expect(droppedWith(idling.idleMs, told.written)).toBe(0);
      expect(droppedWith(idling.idleMs / 2, told.written)).toBeGreaterThan(0);
      expect(idling.idleMs).toBeLessThan(span.toMs - span.fromMs + 2_000 / rate + 4_000);
    },
  );

  test('others write there as well: no idling would have helped, and none is named', () => {
    const told = tell(story(seed, {}, 30));
    expect(theOne(told).remedies.map(({ kind }) => kind)).toEqual(['grace']);
    expect(droppedWith(100_000, told.written)).toBeGreaterThan(400);
  });
});
