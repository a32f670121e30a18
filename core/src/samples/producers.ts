import type { ProducerAssessment } from '../assess/assessment.ts';
import type { Incident } from '../incidents/incident.ts';
import { toldInIncidents } from '../incidents/told-producers.ts';
import { known, type Metric, seconds } from './metric.ts';

interface From {
  readonly producers: readonly ProducerAssessment[];
  readonly incidents: readonly Incident[];
}
type ProducerMetric = Metric<From>;

const labels: readonly string[] = ['cluster', 'agent', 'host', 'producer'];

/** Of all producers that have an agent, also of those that the assessment has no room for. */
export const producerMetrics: readonly ProducerMetric[] = [
  {
    name: 'tidemark_producer_acknowledged_records_total',
    kind: 'counter',
    help: 'Records of a producer that brokers acknowledged.',
    labels,
    beyondCap: 'sum',
    rows: ({ producers }) => known(producers, labelsOf, ({ records }) => records),
  },
  {
    name: 'tidemark_producer_waiting_records',
    kind: 'gauge',
    help: 'Records that were handed to a producer, neither acknowledged nor given up yet.',
    labels,
    beyondCap: 'sum',
    rows: ({ producers }) => known(producers, labelsOf, ({ waiting }) => waiting?.records ?? 0),
  },
  {
    name: 'tidemark_producer_oldest_waiting_timestamp_seconds',
    kind: 'gauge',
    help: 'When the oldest record that waits was handed to a producer. No row: nothing waits.',
    labels,
    beyondCap: 'lowest',
    rows: ({ producers }) => known(producers, labelsOf, ({ waiting }) => seconds(waiting?.sinceMs)),
  },
  {
    name: 'tidemark_producer_given_up_records',
    kind: 'gauge',
    help: 'Records that the client of a producer gave up since a send last succeeded. Their owner knows.',
    labels,
    beyondCap: 'sum',
    rows: ({ producers }) => known(producers, labelsOf, ({ givenUp }) => givenUp),
  },
  {
    name: 'tidemark_producer_cut_off',
    kind: 'gauge',
    help: '1 while records of a producer are held up: for 4.5 s or more a broker has acknowledged nothing. No row: its agent is lost.',
    labels,
    beyondCap: 'sum',
    rows: ({ producers }) => known(producers, labelsOf, ({ state }) => isIn(state, 'cut')),
  },
  {
    name: 'tidemark_producer_in_incident',
    kind: 'gauge',
    help: '1 while an open incident tells of a producer, 0 otherwise.',
    labels,
    beyondCap: 'sum',
    rows: ({ producers, incidents }) => {
      const isTold = toldInIncidents(incidents);
      return known(producers, labelsOf, (producer) => Number(isTold(producer)));
    },
  },
  {
    name: 'tidemark_producer_refused',
    kind: 'gauge',
    help: '1 while records of a producer are held up by a broker that answers with errors. No row: its agent is lost.',
    labels,
    beyondCap: 'sum',
    rows: ({ producers }) => known(producers, labelsOf, ({ state }) => isIn(state, 'refused')),
  },
];

function isIn(state: ProducerAssessment['state'], wanted: ProducerAssessment['state']): number | undefined {
  return state === 'unheard' ? undefined : Number(state === wanted);
}

function labelsOf({ cluster, agentId, host, id }: ProducerAssessment): string[] {
  return [cluster ?? '', agentId, host, id];
}
