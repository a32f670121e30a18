import type { Interval } from '../interval.ts';
import type { Source } from '../source.ts';
import { wholeSeconds } from '../telling/format.ts';
import { type IncidentDraft, type IncidentKind, isConfirmed } from './incident.ts';

/** What would have saved the records of an incident. */
export type Remedy =
  /** The smallest grace, in whole seconds, that every policy would have needed to keep all. */
  | { readonly kind: 'grace'; readonly graceMs: number }
  /** Waiting so long for an empty partition: `max.task.idle.ms`, or `maxIdleMs` of `tidemark/schedule`. */
  | { readonly kind: 'idling'; readonly idleMs: number }
  /** Event-time order across partitions: what lies on the broker is taken before what is younger, whatever the grace. */
  | { readonly kind: 'scheduler' }
  /** A clock set right; by how much it is off, positive when it is ahead. */
  | { readonly kind: 'clock'; readonly source: Source; readonly offByMs: Interval }
  /** An upstream task that keeps up. */
  | { readonly kind: 'upstream' }
  /** Old events in a consumer group of their own. */
  | { readonly kind: 'ownGroup'; readonly ageMs: number };

/** A wait that ends in the moment of the append is too short: the record has to be fetched as well. */
const fetchMs = 1_000;

type Told = Pick<IncidentDraft, 'kind' | 'status' | 'source' | 'dropped' | 'evidence'>;

/**
 * The best one first; none while nothing is known to have happened. For a clock that is wrong and for old events no grace is
 * right, though `dropped` says which one would have been needed.
 */
export function remediesOf(incident: Told): Remedy[] {
  return isConfirmed(incident) ? remedies[incident.kind](incident) : [];
}

const remedies: { readonly [K in IncidentKind]: (incident: Told) => Remedy[] } = {
  producerCutOff: (incident) => [...grace(incident), ...idling(incident)],
  brokerOutage: (incident) => [...grace(incident), ...idling(incident)],
  clockAhead: ({ source, evidence }) =>
    'aheadMs' in evidence ? [{ kind: 'clock', source, offByMs: evidence.aheadMs }] : [],
  clockBehind: ({ source, evidence }) =>
    'behindMs' in evidence
      ? [{ kind: 'clock', source, offByMs: { lowMs: -evidence.behindMs.highMs, highMs: -evidence.behindMs.lowMs } }]
      : [],
  consumerInterleave: (incident) => [{ kind: 'scheduler' }, ...grace(incident)],
  repartition: (incident) => [{ kind: 'upstream' }, ...grace(incident)],
  backfill: ({ evidence }) => ('ageMs' in evidence ? [{ kind: 'ownGroup', ageMs: evidence.ageMs }] : []),
};

function grace({ dropped }: Told): Remedy[] {
  const neededMs = Math.max(0, ...dropped.map((drops) => drops.graceNeededMs));
  return neededMs > 0 ? [{ kind: 'grace', graceMs: wholeSeconds(neededMs) }] : [];
}

/** A task waits for a partition that is empty, not for a source: where others go on, it has nothing to wait for. */
function idling({ evidence }: Told): Remedy[] {
  const emptyMs = 'silentMs' in evidence ? evidence.emptyMs : undefined;
  return emptyMs === undefined ? [] : [{ kind: 'idling', idleMs: wholeSeconds(emptyMs + fetchMs) }];
}
