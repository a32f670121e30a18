import { type Ahead, type BoundedInstant, type Culprit, type Incident, type Silence, sourceName } from '@tidemark/core';
import { formatCount, formatDuration, formatOffset, formatPartition, formatRanges } from './format.ts';

/** Text, or an instant that the page shows in local time with UTC behind it. */
export type Cell = string | { readonly atMs: number; readonly note?: string };

export interface EvidenceRow {
  readonly name: string;
  readonly value: readonly Cell[];
  readonly help?: string;
}

export interface IncidentView {
  readonly id: string;
  readonly revision: number;
  readonly kind: Incident['kind'];
  readonly title: string;
  readonly sentence: string;
  readonly status: Incident['status'];
  readonly startMs: number;
  readonly figures: readonly { readonly name: string; readonly value: string }[];
  readonly rows: readonly EvidenceRow[];
  readonly drawing: Drawing;
}

/** What is drawn of the evidence: times only, the drawing finds its own scale. */
export type Drawing =
  | {
      readonly kind: 'cut';
      readonly source: string;
      readonly start: BoundedInstant;
      readonly end: BoundedInstant | undefined;
      readonly silence: Silence;
    }
  | { readonly kind: 'ahead'; readonly source: string; readonly ahead: Ahead };

const maxRangesShown = 8;

export function incidentView(incident: Incident): IncidentView {
  const name = sourceName(incident.source);
  return {
    id: incident.id,
    revision: incident.revision,
    kind: incident.kind,
    title: incident.kind === 'producerCutOff' ? `${name} cut off` : `${name}'s clock ahead`,
    sentence: incident.sentence,
    status: incident.status,
    startMs: middle(incident.start),
    figures: figuresOf(incident),
    rows: rowsOf(incident),
    drawing:
      'aheadMs' in incident.evidence
        ? { kind: 'ahead', source: name, ahead: incident.evidence }
        : { kind: 'cut', source: name, start: incident.start, end: incident.end, silence: incident.evidence },
  };
}

function figuresOf(incident: Incident): IncidentView['figures'] {
  const lasted =
    incident.end === undefined ? 'still lasting' : formatDuration(middle(incident.end) - middle(incident.start));
  const dropped = incident.dropped.reduce((most, it) => Math.max(most, it.count), 0);
  const grace = incident.dropped.reduce((most, it) => Math.max(most, it.graceNeededMs), 0);
  const figures = [
    { name: incident.kind === 'producerCutOff' ? 'cut off' : 'lasted', value: lasted },
    { name: 'falsely late', value: formatCount(incident.late.count) },
  ];
  if (incident.dropped.length > 0) {
    figures.push({ name: 'dropped', value: formatCount(dropped) });
    if (dropped > 0) figures.push({ name: 'grace needed', value: formatDuration(Math.ceil(grace)) });
  }
  return figures;
}

function rowsOf(incident: Incident): EvidenceRow[] {
  const rows: EvidenceRow[] = [
    { name: incident.kind === 'producerCutOff' ? 'Cut off from' : 'Ahead from', value: bounds(incident.start) },
    { name: 'Until', value: incident.end === undefined ? ['it still lasts'] : bounds(incident.end) },
    {
      name: 'Late records',
      value: [`${formatCount(incident.late.count)}, at most ${formatDuration(incident.late.maxMs)} late`],
    },
  ];
  for (const drops of incident.dropped) rows.push(...dropRows(drops));
  if (incident.culprit !== undefined) rows.push(culpritRow(incident.culprit));
  rows.push(...evidenceRows(incident.evidence));
  rows.push({
    name: 'Consumer',
    value: [`group ${incident.group}, ${incident.tasks.length === 1 ? 'task' : 'tasks'} ${listed(incident.tasks)}`],
  });
  rows.push({ name: 'Partitions', value: [listed(incident.partitions.map(formatPartition))] });
  rows.push({ name: 'Noticed', value: [{ atMs: incident.detectedAtMs }, `; this is revision ${incident.revision}`] });
  return rows;
}

function bounds(at: BoundedInstant): Cell[] {
  const width = at.highMs - at.lowMs;
  const basis = at.basis === 'proved' ? 'proved' : `assumed: ${at.assumption ?? 'from the habit of this source'}`;
  if (width === 0) return [{ atMs: at.lowMs }, ` (${basis})`];
  return [{ atMs: at.lowMs }, ' to ', { atMs: at.highMs }, `, ${formatDuration(width)} wide (${basis})`];
}

function dropRows(drops: Incident['dropped'][number]): EvidenceRow[] {
  const offsets = drops.offsets.map((it) => `${formatPartition(it)}: ${formatRanges(it.ranges, maxRangesShown)}`);
  const shown = offsets.slice(0, maxRangesShown);
  if (offsets.length > shown.length) shown.push(`and ${formatCount(offsets.length - shown.length)} more partitions`);
  if (drops.overflow > 0) shown.push(`and ${formatCount(drops.overflow)} records beyond what an agent lists`);
  return [
    {
      name: 'Dropped',
      value: [`${formatCount(drops.count)} by policy ${drops.policy} (grace ${formatDuration(drops.graceMs)})`],
    },
    { name: 'Dropped offsets', value: [shown.join(' · ') || 'none'] },
    { name: 'First lost window ended', value: [{ atMs: drops.firstWindowEndMs }] },
    {
      name: 'Grace that keeps all',
      value: [`${formatDuration(Math.ceil(drops.graceNeededMs))} (${formatCount(Math.ceil(drops.graceNeededMs))} ms)`],
      help: 'With this grace the policy would have dropped none of these records.',
    },
  ];
}

function culpritRow(culprit: Culprit): EvidenceRow {
  return {
    name: 'Culprit record',
    value: [
      `${formatPartition(culprit)}@${culprit.offset} of ${sourceName(culprit.source)}, event time `,
      { atMs: culprit.eventMs },
      ', processed ',
      { atMs: culprit.processedMs },
    ],
    help: 'The record whose event time closed the first lost window.',
  };
}

function evidenceRows(evidence: Silence | Ahead): EvidenceRow[] {
  if ('aheadMs' in evidence) {
    return [
      {
        name: 'Its clock is ahead',
        value: [`by ${formatOffset(evidence.aheadMs.lowMs)} to ${formatOffset(evidence.aheadMs.highMs)}`],
        help: 'Its event time is later than the moment its record was appended: only a clock explains that.',
      },
      {
        name: 'Proof',
        value: [
          `${formatPartition(evidence.record)}@${evidence.record.offset}, event time `,
          { atMs: evidence.record.eventMs },
        ],
      },
    ];
  }
  return [
    {
      name: 'Silence at the broker',
      value: [`${formatDuration(evidence.silentMs)}; usually it speaks every ${formatDuration(evidence.usualGapMs)}`],
    },
    { name: 'Last event before it', value: [{ atMs: evidence.lastEventMs }] },
    {
      name: 'First event held up',
      value: [
        { atMs: evidence.firstHeldEventMs },
        `, came ${formatDuration(evidence.heldMs)} later than its usual delay of ${formatDuration(evidence.usualDelayMs)}`,
      ],
      help: 'It was made during the silence: an idle source would have come back with fresh events only.',
    },
  ];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxRangesShown).join(', ');
  return names.length > maxRangesShown ? `${shown} and ${formatCount(names.length - maxRangesShown)} more` : shown;
}

function middle(at: { readonly lowMs: number; readonly highMs: number }): number {
  return (at.lowMs + at.highMs) / 2;
}
