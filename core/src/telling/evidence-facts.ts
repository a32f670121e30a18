import type { Ahead, EvidenceOf, Incident, IncidentKind, Silence } from '../incidents/incident.ts';
import type { Culprit } from '../report.ts';
import { sourceName } from '../source.ts';
import { formatDuration, formatOffset, formatPartition } from './format.ts';

/** Text, which may have several lines, or an instant: the page shows it in local time with UTC behind it, the terminal in UTC. */
export type FactPart = string | { readonly atMs: number };

export interface Fact {
  readonly name: string;
  readonly value: readonly FactPart[];
  readonly help?: string;
}

export function culpritFact(culprit: Culprit): FactPart[] {
  return [
    `${formatPartition(culprit)}@${culprit.offset} of ${sourceName(culprit.source)}, event time `,
    { atMs: culprit.eventMs },
    ', processed ',
    { atMs: culprit.processedMs },
  ];
}

/** What the evidence of an incident says, one fact a row. A new kind does not compile until it has its facts here. */
const facts: { readonly [K in IncidentKind]: (evidence: EvidenceOf[K]) => Fact[] } = {
  producerCutOff: silenceFacts,
  brokerOutage: silenceFacts,
  clockAhead: (evidence) => [
    {
      name: 'Its clock is ahead',
      value: [byAtLeast(evidence)],
      help: 'Its event time is later than the moment its record was appended: only a clock explains that.',
    },
    {
      name: 'Proof',
      value: [
        `${formatPartition(evidence.record)}@${evidence.record.offset}, event time `,
        { atMs: evidence.record.eventMs },
      ],
    },
  ],
  clockBehind: ({ behindMs }) => [
    {
      name: 'Its clock is behind',
      value: [
        `by about ${formatDuration(behindMs.lowMs)} to ${formatDuration(behindMs.highMs)}, or its records are held back by that much`,
      ],
      help: 'All of its records wait the same time, and no silence came before: a delay would vary.',
    },
  ],
  consumerInterleave: ({ culprit, sinceMs, stalledMs }) => [
    {
      name: 'Left lying',
      value: ['on the broker since ', { atMs: sinceMs }, `, for ${formatDuration(stalledMs)}`],
      help: 'The records were there to be fetched before the one that overtook them.',
    },
    {
      name: 'Overtaken by',
      value: [`${formatPartition(culprit)}@${culprit.offset}, event time `, { atMs: culprit.eventMs }],
    },
  ],
  repartition: ({ lagMs }) => [
    {
      name: 'Upstream lag',
      value: [formatDuration(lagMs)],
      help: 'From the event time to the repartition topic: the task before this one is behind.',
    },
  ],
  backfill: ({ ageMs, firstEventMs }) => [
    { name: 'Age of its events', value: [`${formatDuration(ageMs)}, from `, { atMs: firstEventMs }] },
  ],
};

export function evidenceFacts(incident: Incident): Fact[] {
  // The kind picks the function for exactly this evidence; the compiler cannot follow that through the table.
  return (facts[incident.kind] as (evidence: Incident['evidence']) => Fact[])(incident.evidence);
}

function silenceFacts(evidence: Silence): Fact[] {
  return [
    {
      name: 'Silence at the broker',
      value: [`${formatDuration(evidence.silentMs)}; usually it speaks every ${formatDuration(evidence.usualGapMs)}`],
    },
    { name: 'Last event before it', value: [{ atMs: evidence.lastEventMs }] },
    ...heldFacts(evidence),
  ];
}

/** None while it is not back. */
function heldFacts({ firstHeldEventMs, heldMs, usualDelayMs }: Silence): Fact[] {
  if (firstHeldEventMs === undefined || heldMs === undefined) return [];
  return [
    {
      name: 'First event held up',
      value: [
        { atMs: firstHeldEventMs },
        `, came ${formatDuration(heldMs)} later than its usual delay of ${formatDuration(usualDelayMs)}`,
      ],
      help: 'It was made during the silence: an idle source would have come back with fresh events only.',
    },
  ];
}

function byAtLeast({ aheadMs }: Ahead): string {
  const { lowMs, highMs } = aheadMs;
  return highMs > lowMs && Number.isFinite(highMs)
    ? `by ${formatOffset(lowMs)} to ${formatOffset(highMs)}`
    : `by at least ${formatOffset(lowMs)}`;
}
