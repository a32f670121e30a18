import { type Incident, type IncidentKind, isConfirmed, verdictClass } from '../incidents/incident.ts';
import { sourceName } from '../source.ts';
import { formatCounted, formatDuration } from './format.ts';

/** What an incident is called: as a title, as a stretch of the time axis, and in a headline that counts several. */
interface Words {
  readonly title: (source: string) => string;
  readonly from: string;
  readonly lasted: string;
  /** `1 producer was cut off`, `2 producers are cut off`. */
  readonly news: (count: number, lasting: boolean) => string;
}

const isAre = (count: number, lasting: boolean): string =>
  lasting ? (count === 1 ? 'is' : 'are') : count === 1 ? 'was' : 'were';
const runs = (count: number, lasting: boolean): string => (lasting ? (count === 1 ? 'runs' : 'run') : 'ran');
const clocks = (count: number): string => formatCounted(count, "producer's clock", "producers' clocks");

const words: { readonly [K in IncidentKind]: Words } = {
  producerCutOff: {
    title: (source) => `${source} cut off`,
    from: 'Cut off from',
    lasted: 'cut off',
    news: (count, lasting) => `${formatCounted(count, 'producer')} ${isAre(count, lasting)} cut off`,
  },
  brokerOutage: {
    title: () => 'Broker outage',
    from: 'Out from',
    lasted: 'out for',
    news: (_, lasting) => `The broker ${lasting ? 'takes nothing' : 'took nothing for a while'}`,
  },
  clockAhead: {
    title: (source) => `${source}'s clock ahead`,
    from: 'Ahead from',
    lasted: 'lasted',
    news: (count, lasting) => `${clocks(count)} ${runs(count, lasting)} ahead`,
  },
  clockBehind: {
    title: (source) => `${source}'s clock behind`,
    from: 'Behind from',
    lasted: 'lasted',
    news: (count, lasting) => `${clocks(count)} ${runs(count, lasting)} behind`,
  },
  consumerInterleave: {
    title: () => 'Partitions read unevenly',
    from: 'Left lying from',
    lasted: 'lasted',
    news: (count, lasting) => `${formatCounted(count, 'consumer')} ${lasting ? 'reads' : 'read'} partitions unevenly`,
  },
  repartition: {
    title: (source) => `${source} lags upstream`,
    from: 'Lagging from',
    lasted: 'lasted',
    news: (count, lasting) => `${formatCounted(count, 'upstream task')} ${isAre(count, lasting)} lagging`,
  },
  backfill: {
    title: (source) => `${source} backfills`,
    from: 'Backfill from',
    lasted: 'lasted',
    news: (count, lasting) => `${formatCounted(count, 'source')} ${isAre(count, lasting)} backfilling`,
  },
};

export function wordsOf(incident: Pick<Incident, 'kind'>): Words {
  return words[incident.kind];
}

export function titleOf(incident: Pick<Incident, 'kind' | 'source' | 'status'>): string {
  // Nobody is accused before it is known.
  if (!isConfirmed(incident)) return `${sourceName(incident.source)} silent`;
  return words[incident.kind].title(sourceName(incident.source));
}

/** `B cut off for 31 s`, `B's clock ahead by 5 s`. */
export function spanLabel(
  incident: Pick<Incident, 'kind' | 'source' | 'status' | 'start' | 'end' | 'evidence'>,
): string {
  const title = titleOf(incident);
  if ('aheadMs' in incident.evidence) return `${title} by ${formatDuration(incident.evidence.aheadMs.lowMs)}`;
  if ('behindMs' in incident.evidence) return `${title} by ${formatDuration(incident.evidence.behindMs.lowMs)}`;
  return incident.end === undefined ? title : `${title} for ${formatDuration(lengthMs(incident))}`;
}

/** From the middle of one bound to the middle of the other: what the incident's own sentence says. */
export function lengthMs(incident: Pick<Incident, 'start' | 'end'>): number {
  const { start, end = start } = incident;
  return (end.lowMs + end.highMs - start.lowMs - start.highMs) / 2;
}

/** `980 records falsely late, 838 dropped`. */
export function costOf(incidents: readonly Pick<Incident, 'kind' | 'late' | 'dropped'>[]): string {
  const [first] = incidents;
  const late = incidents.reduce((sum, incident) => sum + incident.late.count, 0);
  if (first === undefined || late === 0) return 'no record late so far';
  const dropped = incidents.reduce((sum, incident) => sum + mostDropped(incident), 0);
  const records = `${formatCounted(late, 'record')} ${verdictClass[first.kind]}`;
  return dropped > 0 ? `${records}, ${formatCounted(dropped, 'dropped', 'dropped')}` : records;
}

/** A record that two policies dropped is one record: the policy that dropped most counts. */
export function mostDropped(incident: Pick<Incident, 'dropped'>): number {
  return Math.max(0, ...incident.dropped.map((drops) => drops.count));
}
