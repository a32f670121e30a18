import type { Assessment, IncidentOf, ProducerProof } from '@tidemark/core';
import type { Update } from './page-server.ts';
import { named, perSecond } from './story.ts';

/** The same moment of a silent source B, with an agent in its producer that says why: it has been cut off for so long. */
export function withProof(update: Update, forS: number): Update {
  const { assessment } = update;
  const { nowMs, tasks } = assessment;
  const sinceMs = nowMs - forS * 1000;
  const proof: ProducerProof = {
    host: 'orders-eu-2',
    processId: 4_711,
    producers: 1,
    linkedBy: 'offsets',
    brokers: [2],
    acknowledgedMs: sinceMs - 20,
    sinceMs,
    failures: { connectionClosed: 1, noConnection: 42 },
    waitingRecords: forS * perSecond,
    givenUp: 0,
    createdMs: sinceMs + 5,
    isAll: true,
    toldMs: nowMs - 600,
  };
  const forecast = {
    sources: [named('B')],
    isProved: true,
    leadMs: forS * 1000,
    perSecond,
    heldRecords: forS * perSecond,
    policies: [
      { policy: 'tumbling 5s grace 5s', graceMs: 5_000, lostRecords: (forS - 8) * perSecond, firstLostInMs: 0 },
    ],
  } as const;
  const incident: IncidentOf<'producerCutOff'> = {
    id: 'proved-1',
    kind: 'producerCutOff',
    status: 'open',
    revision: 4,
    revisions: [
      {
        atMs: sinceMs + 6_000,
        status: 'open',
        reason: 'its own agent says so: it holds records that no broker acknowledges',
      },
    ],
    group: 'order-counts',
    tasks: tasks.map(({ id }) => id),
    source: named('B'),
    partitions: [
      { topic: 'orders', partition: 1 },
      { topic: 'orders', partition: 3 },
    ],
    detectedAtMs: sinceMs + 6_000,
    updatedAtMs: nowMs,
    start: {
      lowMs: sinceMs - 20,
      highMs: sinceMs + 250,
      basis: 'assumed',
      assumption: 'a request is answered within 250 ms',
    },
    late: { count: 0, maxMs: 0 },
    dropped: [],
    evidence: { silentMs: forS * 1000, lastEventMs: sinceMs - 20, usualGapMs: 25, usualDelayMs: 12 },
    proof,
    forecast,
    remedies: [],
    sentence: `B is cut off from broker 2 since ${new Date(sinceMs).toISOString().slice(11, 19)} UTC, proved by its agent: nothing is acknowledged, 43 requests failed, 1,280 records wait. Back now, about 960 records of it would be dropped by order-counts, more each second.`,
  };
  const proved: Assessment = {
    ...assessment,
    incidents: [incident],
    tasks: tasks.map((task) => ({
      ...task,
      heldBackBy: named('B'),
      forecast,
      sources: task.sources.map((source) => {
        if (source.source.kind !== 'named' || source.source.name !== 'B') return source;
        const { suspicion: _, ...rest } = source;
        return { ...rest, state: 'cut', told: { kind: 'cut', proof } };
      }),
    })),
  };
  return { ...update, assessment: proved };
}
