import type { Report } from '@tidemark/core';
import { reportsOf } from './story.ts';

/** Of a process that only produces: 40 records got in, then nothing for ten seconds while 500 wait. */
export function producerReport(fromMs: number): Report {
  const [{ agent, ...rest }] = reportsOf({ seed: 8, startMs: fromMs, seconds: 1, agentId: 'agent-4' }) as [Report];
  const sinceMs = fromMs - 10_000;
  return {
    ...rest,
    agent: { ...agent, host: 'host-2' },
    tasks: [],
    producers: [
      {
        id: '0',
        waiting: { records: 500, sends: 500, sinceMs, newestMs: fromMs },
        givenUp: 3,
        brokers: [{ node: 1, acknowledgedMs: sinceMs - 20, unansweredSinceMs: sinceMs, failures: { timeout: 2 } }],
        writes: [
          {
            topic: 'orders',
            partition: 0,
            leader: 1,
            records: 40,
            offsets: [[0, 39]],
            overflow: 0,
            acknowledgedMs: sinceMs - 20,
          },
        ],
      },
    ],
  };
}
