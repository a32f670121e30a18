import { readAgentSettings } from '@tidemark/config';
import { laneOf, observe, openTask, partitionOf, type RecordSeen } from '@tidemark/core';
import { test } from 'vitest';
import { Reporter } from './reporter.ts';

test('a report is called for at once when a source is back with old events, whatever the interval', async () => {
  const settings = readAgentSettings({ TIDEMARK_COLLECTOR_URL: 'http://127.0.0.1:1', TIDEMARK_REPORT_INTERVAL: '1m' });
  if (!settings.ok) throw new Error(JSON.stringify(settings.faults));
  const reporter = new Reporter(settings.value, 'test');
  const task = openTask(reporter.observation, { group: 'g', member: 'm', policies: [] });
  const called = Promise.withResolvers<void>();
  const timers = reporter.startTimers(called.resolve);
  const nowMs = Date.now();
  ['A', 'B'].forEach((name, offset) => {
    const lane = laneOf(partitionOf(task, 't', 0), { kind: 'named', name });
    const eventMs = name === 'A' ? nowMs : nowMs - 30_000;
    const record: RecordSeen = {
      lane,
      offset,
      eventMs,
      createMs: eventMs,
      appendMs: Number.NaN,
      processedMs: nowMs,
      startsBatch: true,
      leaderEpoch: 0,
    };
    observe(task, record);
  });
  await called.promise;
  for (const timer of timers) clearInterval(timer);
  await reporter.end();
});
