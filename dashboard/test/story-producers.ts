import type { Assessment, ProducerAssessment } from '@tidemark/core';
import { emptyAssessment, named } from './story.ts';

/** A host whose agent watches producers only: it consumes nothing, so it has read nothing, and there is no task. */
export function withProducers(nowMs: number, producers: readonly ProducerAssessment[]): Assessment {
  const health = {
    queuedReports: 0,
    droppedReports: 0,
    records: 0,
    redelivered: 0,
    unreadable: {},
    overflow: {},
    errors: 0,
  };
  const identity = {
    id: 'agent-7',
    host: 'orders-eu-2',
    processId: 4_711,
    startedMs: nowMs - 3_600_000,
    version: '0.1.0',
    client: 'kafkajs 2.2.4',
  };
  const agent = { identity, lastReportMs: nowMs - 400, lost: false, missedReports: 0, health };
  return { ...emptyAssessment(nowMs), tick: 9, agents: [agent], producers };
}

export function idleProducer(nowMs: number): ProducerAssessment {
  return {
    id: '0',
    agentId: 'agent-7',
    host: 'orders-eu-2',
    processId: 4_711,
    state: 'idle',
    reportedMs: nowMs - 400,
    givenUp: 0,
    brokers: [
      { node: 1, acknowledgedMs: nowMs - 2_000, failures: {} },
      { node: 2, acknowledgedMs: nowMs - 2_400, failures: {} },
    ],
    records: 12_431,
    sources: [{ group: 'order-counts', source: named('B'), by: 'offsets' }],
  };
}

/** Nobody reads it that has an agent, so it has no name, and there is no incident. */
export function cutProducer(nowMs: number, forS: number): ProducerAssessment {
  const reportedMs = nowMs - 400;
  const sinceMs = reportedMs - forS * 1000;
  return {
    ...idleProducer(nowMs),
    state: 'cut',
    heldUp: { sinceMs, brokers: [2] },
    waiting: { records: 1_203, sends: 1_203, sinceMs, newestMs: reportedMs - 20 },
    givenUp: 20,
    brokers: [
      { node: 1, acknowledgedMs: reportedMs - 40, failures: {} },
      { node: 2, acknowledgedMs: sinceMs - 40, unansweredSinceMs: sinceMs, failures: { noConnection: 7 } },
    ],
    sources: [],
  };
}
