import type { State } from '../ingest/state.ts';
import { isAgentLost } from './agent-lost.ts';
import type { ProducerAssessment } from './assessment.ts';
import { producerStateOf } from './producer-state.ts';

/** Those in the assessment; metrics have them all. */
const maxShown = 500;

/** The latest producers that have an agent, with what their records are called where they are read. */
export function producersOf(state: State, nowMs: number, max: number = maxShown): readonly ProducerAssessment[] {
  if (state.producers.size === 0) return none;
  const named = new Map<string, ProducerAssessment['sources'][number][]>();
  for (const { group, source, writers } of state.sources.values()) {
    for (const [key, by] of writers) {
      const sources = named.get(key) ?? [];
      sources.push({ group, source, by });
      named.set(key, sources);
    }
  }
  return [...state.producers.values()].slice(-max).map((producer) => ({
    id: producer.id,
    agentId: producer.agentId,
    host: producer.host,
    processId: producer.processId,
    ...(producer.cluster === undefined ? {} : { cluster: producer.cluster }),
    ...(producer.producerId === undefined ? {} : { producerId: producer.producerId }),
    ...producerStateOf(producer, isAgentLost(state, producer.agentId, nowMs)),
    reportedMs: producer.reportedMs,
    ...(producer.waiting === undefined ? {} : { waiting: producer.waiting }),
    givenUp: producer.givenUp,
    brokers: producer.brokers,
    records: producer.records,
    sources: named.get(producer.key) ?? [],
  }));
}

const none: readonly ProducerAssessment[] = [];
