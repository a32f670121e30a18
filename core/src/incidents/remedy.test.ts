import { expect, test } from 'vitest';
import type { IncidentDraft, IncidentKind, IncidentStatus } from './incident.ts';
import { type Remedy, remediesOf } from './remedy.ts';

const source = { kind: 'named', name: 'B' } as const;
const silence = { silentMs: 30_000, lastEventMs: 0, usualGapMs: 25, usualDelayMs: 35 };
const record = { topic: 'orders', partition: 0, offset: 7, source, eventMs: 0, append: {}, processedMs: 0 };
const grace: Remedy = { kind: 'grace', graceMs: 29_000 };
const dropsOf = (graceNeededMs: number): IncidentDraft['dropped'][number] => ({
  policy: `p${graceNeededMs}`,
  graceMs: 2_000,
  count: 9,
  offsets: [],
  overflow: 0,
  graceNeededMs,
  firstWindowEndMs: 0,
});

interface Row {
  readonly why: string;
  readonly kind: IncidentKind;
  readonly evidence: IncidentDraft['evidence'];
  readonly status?: IncidentStatus;
  readonly dropped?: IncidentDraft['dropped'];
  readonly want: readonly Remedy[];
}

test.for<Row>([
  {
    why: 'a cut from partitions that others write to as well: nothing was empty, so idling waits for nothing',
    kind: 'producerCutOff',
    evidence: silence,
    want: [grace],
  },
  {
    why: 'a cut that left its partitions empty: the wait is rounded up, with time to fetch',
    kind: 'producerCutOff',
    evidence: { ...silence, emptyMs: 30_200 },
    want: [grace, { kind: 'idling', idleMs: 32_000 }],
  },
  {
    why: 'nothing was dropped, only late: no grace is asked for, but idling helps',
    kind: 'producerCutOff',
    evidence: { ...silence, emptyMs: 30_000 },
    dropped: [],
    want: [{ kind: 'idling', idleMs: 31_000 }],
  },
  {
    why: 'of several policies the one that needs most',
    kind: 'producerCutOff',
    evidence: silence,
    dropped: [dropsOf(3_000), dropsOf(40_001)],
    want: [{ kind: 'grace', graceMs: 41_000 }],
  },
  {
    why: 'a suspicion: nothing is known to have happened',
    kind: 'producerCutOff',
    status: 'suspected',
    evidence: silence,
    want: [],
  },
  {
    why: 'a suspicion that was withdrawn',
    kind: 'producerCutOff',
    status: 'withdrawn',
    evidence: silence,
    want: [],
  },
  {
    why: 'an outage empties a partition for all who write there',
    kind: 'brokerOutage',
    evidence: { ...silence, emptyMs: 30_000 },
    want: [grace, { kind: 'idling', idleMs: 31_000 }],
  },
  {
    why: 'a clock ahead is set right; no grace is',
    kind: 'clockAhead',
    evidence: { source, aheadMs: { lowMs: 5_000, highMs: 5_000 }, record },
    want: [{ kind: 'clock', source, offByMs: { lowMs: 5_000, highMs: 5_000 } }],
  },
  {
    why: 'so is one behind, whose offset is negative',
    kind: 'clockBehind',
    evidence: { behindMs: { lowMs: 4_000, highMs: 4_200 } },
    want: [{ kind: 'clock', source, offByMs: { lowMs: -4_200, highMs: -4_000 } }],
  },
  {
    why: 'what lay on the broker an order by time takes first, whatever the grace',
    kind: 'consumerInterleave',
    evidence: { culprit: record, sinceMs: 0, stalledMs: 12_000 },
    want: [{ kind: 'scheduler' }, grace],
  },
  {
    why: 'a lag upstream: the task there',
    kind: 'repartition',
    evidence: { lagMs: 9_000 },
    want: [{ kind: 'upstream' }, grace],
  },
  {
    why: 'a backfill: a group of its own, and no grace of hours',
    kind: 'backfill',
    evidence: { ageMs: 7_200_000, firstEventMs: 0 },
    want: [{ kind: 'ownGroup', ageMs: 7_200_000 }],
  },
])('$kind: $why', ({ kind, evidence, status = 'closed', dropped = [dropsOf(28_683)], want }) => {
  expect(remediesOf({ kind, status, source, dropped, evidence })).toEqual(want);
});
