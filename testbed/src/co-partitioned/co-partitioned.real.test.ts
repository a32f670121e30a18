import { setTimeout as sleep } from 'node:timers/promises';
import { dialects } from '@tidemark/core';
import { Kafka, logLevel } from 'kafkajs';
import { expect, inject, test } from 'vitest';
import { createTopics } from '../broker/create-topics.ts';
import { mustHaveRun, playedAgain } from '../story/stood-still.ts';
import { OrderedApp, type Taken } from './ordered-app.ts';
import { Progress } from './progress.ts';
import { SteadyProducer } from './steady-producer.ts';

const { brokers, missing } = inject('broker');
const window = { kind: 'tumbling', sizeMs: 1_000 } as const;
const graceMs = 300;
const cutMs = 2_500;
const partitions = 2;

/** What the dialect drops of the order that the application said, task by task. */
function droppedOf(taken: readonly Taken[]): number {
  let dropped = 0;
  for (let task = 0; task < partitions; task++) {
    const count = dialects.kafkaStreams.windowedCount({ window, graceMs });
    for (const { partition, eventMs } of taken) {
      if (partition !== task) continue;
      const record = { key: `key-${partition}`, eventMs, hasValue: true, nowMs: 0 };
      dropped += count.take(record, dialects.kafkaStreams.nowhere);
    }
  }
  return dropped;
}

/** What is known without the application's word: offsets, event times, and when each record can have been taken. */
function seenFromOutside(taken: readonly Taken[], progress: Progress): { least: number; most: number } {
  const sum = { least: 0, most: 0 };
  for (let task = 0; task < partitions; task++) {
    const topics = Map.groupBy(
      taken.filter(({ partition }) => partition === task),
      ({ topic }) => topic,
    );
    const logs = [...topics.values()].map((records) =>
      records
        .toSorted((one, other) => one.offset - other.offset)
        .map((record) => ({ eventMs: record.eventMs, takenMs: progress.takenMs(record) })),
    );
    const { least, most } = dialects.dropInterval(logs, { grid: dialects.kafkaStreamsGrid(window), graceMs });
    sum.least += least;
    sum.most += most;
  }
  return sum;
}

test.skipIf(missing).for([
  { why: 'a task that never waits drops the burst', maxTaskIdleMs: -1, drops: true },
  { why: 'a task that waits for fetches, not for producers, drops it too', maxTaskIdleMs: 0, drops: true },
  { why: 'a task that waits longer than the cut drops nothing', maxTaskIdleMs: 5_000, drops: false },
])('max.task.idle.ms $maxTaskIdleMs: $why', playedAgain, async ({ maxTaskIdleMs, drops }) => {
  const id = `idle${maxTaskIdleMs}-${Date.now()}`;
  const topics = [`${id}-a`, `${id}-b`] as const;
  const admin = new Kafka({ clientId: id, brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await createTopics(
    admin,
    topics.map((topic) => ({ topic, numPartitions: partitions })),
  );
  const app = await OrderedApp.start({ brokers, id, topics, maxTaskIdleMs, sizeMs: window.sizeMs, graceMs });
  const progress = new Progress(admin, id, topics);
  const story = new AbortController();
  try {
    const watching = progress.watch(story.signal);
    const a = await SteadyProducer.start(brokers, topics[0], partitions);
    const b = await SteadyProducer.start(brokers, topics[1], partitions);
    await sleep(2_000);
    b.proxy.cut();
    await sleep(cutMs);
    b.proxy.restore();
    await sleep(2_500);
    const sent = (await a.finish()) + (await b.finish());
    await app.until(() => app.taken.length >= sent, `${sent} records`);
    const metrics = await app.metrics();
    await expect.poll(() => progress.look()).toBe(true);
    story.abort();
    await watching;

    const { least, most } = seenFromOutside(app.taken, progress);
    console.log(
      `max.task.idle.ms ${maxTaskIdleMs}: ${app.taken.length} records, dropped ${metrics.dropped}, from outside ${least} to ${most}`,
    );
    expect(app.taken).toHaveLength(sent);
    mustHaveRun({
      'an event of the one': a.longestWaitMs,
      // Its way back takes it some attempts.
      'an event of the other, after its cut': b.longestWaitMs - cutMs - 1_000,
      'a look at the progress': progress.longestGapMs,
    });
    expect(droppedOf(app.taken)).toBe(metrics.dropped);
    expect(least).toBeLessThanOrEqual(metrics.dropped);
    expect(most).toBeGreaterThanOrEqual(metrics.dropped);
    expect(metrics.dropped > 0).toBe(drops);
    // Where records were dropped, even the outside is sure of some.
    expect(least > 0).toBe(drops);
  } finally {
    story.abort();
    await app.stop();
    await admin.deleteTopics({ topics: [...topics] });
    await admin.disconnect();
  }
});
