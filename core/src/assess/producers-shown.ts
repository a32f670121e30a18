import type { State } from '../ingest/state.ts';
import type { ProducerAssessment } from './assessment.ts';

/** Those shown; more are counted by the agents that see them. */
const maxShown = 500;

/** The producers that have an agent, with what their records are called where they are read. */
export function producersOf(state: State): readonly ProducerAssessment[] {
  if (state.producers.size === 0) return none;
  const named = new Map<string, ProducerAssessment['sources'][number][]>();
  for (const { group, source, writers } of state.sources.values()) {
    for (const [key, by] of writers) {
      const sources = named.get(key) ?? [];
      sources.push({ group, source, by });
      named.set(key, sources);
    }
  }
  return [...state.producers.values()].slice(-maxShown).map((producer) => ({
    agentId: producer.agentId,
    host: producer.host,
    processId: producer.processId,
    ...(producer.cluster === undefined ? {} : { cluster: producer.cluster }),
    ...(producer.producerId === undefined ? {} : { producerId: producer.producerId }),
    closed: producer.isClosed,
    reportedMs: producer.reportedMs,
    ...(producer.waiting === undefined ? {} : { waiting: producer.waiting }),
    givenUp: producer.givenUp,
    brokers: producer.brokers,
    records: producer.records,
    sources: named.get(producer.key) ?? [],
  }));
}

const none: readonly ProducerAssessment[] = [];
