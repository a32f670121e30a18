import { type BoundedInstant, type Incident, middleMs, verdictClass } from '@tidemark/core';
import { type Cell, culpritCells, type EvidenceRow, evidenceRows } from './evidence-rows.ts';
import { formatCount, formatCounted, formatDuration, formatPartition, formatRanges } from './format.ts';
import { lengthMs, mostDropped, titleOf, wordsOf } from './incident-words.ts';

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
  /** How far each policy's grace reached, and how far it would have had to. */
  readonly graces: readonly GraceRuler[];
}

export interface GraceRuler {
  readonly policy: string;
  readonly graceMs: number;
  readonly neededMs: number;
  /** What happened and what would have helped, in words. */
  readonly text: string;
}

const maxRangesShown = 8;

export function incidentView(incident: Incident): IncidentView {
  return {
    id: incident.id,
    revision: incident.revision,
    kind: incident.kind,
    title: titleOf(incident),
    sentence: incident.sentence,
    status: incident.status,
    startMs: middleMs(incident.start),
    figures: figuresOf(incident),
    rows: rowsOf(incident),
    graces: gracesOf(incident),
  };
}

function gracesOf({ dropped }: Incident): GraceRuler[] {
  return dropped
    .filter(({ count }) => count > 0)
    .map(({ policy, graceMs, graceNeededMs, count }) => ({
      policy,
      graceMs,
      neededMs: graceNeededMs,
      text: `${policy}: its grace of ${formatDuration(graceMs)} lost ${formatCounted(count, 'record')}; ${formatDuration(wholeSeconds(graceNeededMs))} would have kept all.`,
    }));
}

function figuresOf(incident: Incident): IncidentView['figures'] {
  const lasted = incident.end === undefined ? 'still lasting' : formatDuration(lengthMs(incident));
  const dropped = mostDropped(incident);
  const grace = incident.dropped.reduce((most, it) => Math.max(most, it.graceNeededMs), 0);
  const figures = [
    { name: wordsOf(incident).lasted, value: lasted },
    { name: verdictClass[incident.kind], value: formatCount(incident.late.count) },
  ];
  if (incident.dropped.length > 0) {
    figures.push({ name: 'dropped', value: formatCount(dropped) });
    if (dropped > 0) figures.push({ name: 'grace needed', value: formatDuration(wholeSeconds(grace)) });
  }
  return figures;
}

function rowsOf(incident: Incident): EvidenceRow[] {
  const rows: EvidenceRow[] = [
    { name: wordsOf(incident).from, value: bounds(incident.start) },
    { name: 'Until', value: incident.end === undefined ? ['it still lasts'] : bounds(incident.end) },
    {
      name: 'Late records',
      value: [`${formatCount(incident.late.count)}, at most ${formatDuration(incident.late.maxMs)} late`],
    },
  ];
  for (const drops of incident.dropped) rows.push(...dropRows(drops));
  if (incident.culprit !== undefined) {
    rows.push({
      name: 'Culprit record',
      value: culpritCells(incident.culprit),
      help: 'The record whose event time closed the first lost window.',
    });
  }
  rows.push(...evidenceRows(incident));
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
      value: [
        `${formatDuration(wholeSeconds(drops.graceNeededMs))} (to the millisecond: ${formatCount(Math.ceil(drops.graceNeededMs))} ms)`,
      ],
      help: 'With this grace the policy would have dropped none of these records.',
    },
  ];
}

/** A grace that one would type in: never less than needed. */
function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxRangesShown).join(', ');
  return names.length > maxRangesShown ? `${shown} and ${formatCount(names.length - maxRangesShown)} more` : shown;
}
