import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeWindowDrops } from '../dialects/time-window-drops.ts';
import { kafkaStreamsGrid } from '../dialects/windows.ts';
import { createObservation, laneOf, openTask, partitionOf } from './observation.ts';
import { flag, observe, type RecordSeen } from './observe.ts';

// The agent decides drops by a comparison of its own, next to the culprit and the grace needed; the dialect is the judge of it.
test('what the agent calls dropped is what the dialect of Kafka Streams refuses', () => {
  const events = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(
      events,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      (eventsMs, sizeMs, graceMs) => {
        const agent = { id: 'a', host: 'h', processId: 1, startedMs: 0, version: '0', client: 'test' };
        const policy = { id: 'p', window: { kind: 'tumbling', sizeMs }, graceMs } as const;
        const task = openTask(createObservation(agent), { group: 'g', member: 'm', policies: [policy] });
        const lane = laneOf(partitionOf(task, 't', 0), { kind: 'producer', producerId: '1' });
        const dialect = new TimeWindowDrops(kafkaStreamsGrid(policy.window), graceMs);
        eventsMs.forEach((eventMs, offset) => {
          const record: RecordSeen = {
            lane,
            offset,
            eventMs,
            createMs: eventMs,
            appendMs: Number.NaN,
            processedMs: 500,
            startsBatch: true,
            leaderEpoch: undefined,
          };
          expect((observe(task, record) & flag.dropped) !== 0).toBe(dialect.take(eventMs) > 0);
        });
      },
    ),
    { numRuns: 500 },
  );
});
