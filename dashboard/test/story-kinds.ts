import { type Culprit, type Incident, type IncidentKind, type IncidentOf, remediesOf } from '@tidemark/core';
import { named } from './story.ts';

const policy = { policy: 'tumbling 5s grace 5s', graceMs: 5_000 };

/** What all have in common; the cost is the same, so that only the kinds differ. */
function baseOf(nowMs: number): Omit<Incident, 'kind' | 'evidence' | 'id' | 'sentence' | 'remedies'> {
  const startMs = nowMs - 100_000;
  const endMs = startMs + 31_000;
  return {
    status: 'closed',
    revision: 2,
    revisions: [
      { atMs: endMs + 1_200, status: 'open', reason: 'records came late for it' },
      { atMs: endMs + 3_000, status: 'closed', reason: 'nothing more came of it' },
    ],
    group: 'order-counts',
    tasks: ['order-counts/member-1'],
    source: named('B'),
    partitions: [{ topic: 'orders', partition: 1 }],
    detectedAtMs: endMs + 1_200,
    updatedAtMs: endMs + 3_000,
    start: { lowMs: startMs - 400, highMs: startMs + 400, basis: 'proved' },
    end: { lowMs: endMs - 1_400, highMs: endMs, basis: 'assumed', assumption: 'it tries again once a second' },
    late: { count: 1_200, maxMs: 30_900 },
    dropped: [
      {
        ...policy,
        count: 960,
        offsets: [{ topic: 'orders', partition: 1, ranges: [[71_002, 71_961]] }],
        overflow: 0,
        graceNeededMs: 28_683,
        firstWindowEndMs: startMs + 5_000,
      },
    ],
    culprit: culprit(startMs + 10_012),
  };
}

function culprit(eventMs: number): Culprit {
  return {
    topic: 'orders',
    partition: 0,
    offset: 143_201,
    source: named('A'),
    eventMs,
    append: { lowMs: eventMs + 4, highMs: eventMs + 21 },
    processedMs: eventMs + 33,
  };
}

/** One incident of each kind, a hundred seconds ago, as the contract allows it. */
export function everyKind(nowMs: number): readonly Incident[] {
  const base = baseOf(nowMs);
  const startMs = nowMs - 100_000;
  const of = <K extends IncidentKind>(
    kind: K,
    own: Pick<IncidentOf<K>, 'evidence' | 'sentence'> & Partial<IncidentOf<K>>,
  ): IncidentOf<K> => {
    const incident = { ...base, id: `${kind}-1`, kind, ...own };
    return { ...incident, remedies: remediesOf(incident) };
  };
  const silence = {
    silentMs: 31_000,
    lastEventMs: startMs - 12,
    firstHeldEventMs: startMs + 13,
    heldMs: 30_900,
    usualGapMs: 25,
    usualDelayMs: 35,
    emptyMs: 31_200,
  };
  const ahead = { ...culprit(startMs + 5_000), source: named('C'), append: { lowMs: startMs - 300, highMs: startMs } };
  return [
    of('producerCutOff', {
      evidence: silence,
      sentence:
        'order-counts dropped 960 records of B (orders-1), falsely late: it was cut off from the broker for 30 s (±1.1 s), from 11:58:20 UTC to 11:58:50 UTC, while A moved the stream time on. Grace 29 s would have kept all of them.',
    }),
    of('brokerOutage', {
      source: { kind: 'partition', topic: 'orders', partition: 1 },
      evidence: silence,
      sentence:
        'order-counts dropped 960 records (orders-1), falsely late: nobody could write there for 30 s (±1.1 s), from 11:58:20 UTC to 11:58:50 UTC, the broker took no records, while other partitions moved the stream time on. Grace 29 s would have kept all of them.',
    }),
    of('clockAhead', {
      source: named('C'),
      culprit: ahead,
      evidence: { source: named('C'), aheadMs: { lowMs: 5_000, highMs: 5_000 }, record: ahead },
      sentence:
        'order-counts dropped 960 records (orders-1): the clock of C runs 5.0 s ahead and pulled the stream time past the others. Grace 29 s would have kept all of them.',
    }),
    of('clockBehind', {
      evidence: { behindMs: { lowMs: 3_900, highMs: 4_300 } },
      sentence:
        'order-counts dropped 960 records of B (orders-1), falsely late: its clock is about 4.1 s behind for 30 s (±1.1 s), from 11:58:20 UTC to 11:58:50 UTC, so its new events look old. Grace 29 s would have kept all of them.',
    }),
    of('consumerInterleave', {
      source: { kind: 'partition', topic: 'orders', partition: 1 },
      evidence: { culprit: culprit(startMs + 10_012), sinceMs: startMs, stalledMs: 30_000 },
      sentence:
        'order-counts dropped 960 records (orders-1), falsely late: they were on the broker, but the consumer did not take them for 30 s (±1.1 s), from 11:58:20 UTC to 11:58:50 UTC and then took younger ones first. Grace 29 s would have kept all of them. Event-time order across partitions would have kept them, whatever the grace.',
    }),
    of('repartition', {
      source: { kind: 'producer', producerId: '4711' },
      partitions: [{ topic: 'order-counts-by-user-repartition', partition: 0 }],
      evidence: { lagMs: 9_000 },
      sentence:
        'order-counts dropped 960 records of producer 4711 (order-counts-by-user-repartition-0), falsely late: the upstream task that writes them lags behind the others for 30 s (±1.1 s), from 11:58:20 UTC to 11:58:50 UTC. Grace 29 s would have kept all of them.',
    }),
    of('backfill', {
      evidence: { ageMs: 7_200_000, firstEventMs: startMs - 7_200_000 },
      sentence:
        'order-counts dropped 960 records of B (orders-1): they are a backfill, events of 2 h before, written for 30 s (±1.1 s), from 11:58:20 UTC to 11:58:50 UTC. Grace 29 s would have kept all of them.',
    }),
  ];
}
