import type { IncidentDraft } from './finding.ts';
import { middleMs, widthMs } from './interval.ts';
import { sourceName } from './source.ts';

/** One sentence that a person on call understands, times in UTC. */
export function sentence(incident: Omit<IncidentDraft, 'sentence'>): string {
  const name = sourceName(incident.source);
  const lost = losses(incident);
  const grace = Math.max(0, ...incident.dropped.map((drops) => drops.graceNeededMs));
  const remedy = grace > 0 ? ` Grace ${duration(roundUp(grace))} would have kept all of them.` : '';
  if (incident.kind === 'clockAhead') {
    const ahead = 'aheadMs' in incident.evidence ? incident.evidence.aheadMs.lowMs : 0;
    return `${lost}: the clock of ${name} runs ${duration(ahead)} ahead and pulled the stream time past ${others(incident)}.${remedy}`;
  }
  const { start, end } = incident;
  if (end === undefined)
    return `${lost}: ${name} is cut off from the broker since ${timeOfDay(middleMs(start))}.${remedy}`;
  const lengthMs = middleMs(end) - middleMs(start);
  const giveOrTakeMs = (widthMs(start) + widthMs(end)) / 2;
  const mover = incident.culprit === undefined ? 'others' : `${sourceName(incident.culprit.source)}`;
  return (
    `${lost}, falsely late: it was cut off from the broker for ${duration(lengthMs)} (±${duration(giveOrTakeMs)}), ` +
    `from ${timeOfDay(middleMs(start))} to ${timeOfDay(middleMs(end))}, while ${mover} moved the stream time on.${remedy}`
  );
}

function losses(incident: Omit<IncidentDraft, 'sentence'>): string {
  const count = Math.max(0, ...incident.dropped.map((drops) => drops.count));
  const places = incident.partitions.map((p) => `${p.topic}-${p.partition}`);
  const where =
    places.length > 4 ? `${places.slice(0, 3).join(', ')} and ${places.length - 3} more` : places.join(', ');
  const of = incident.kind === 'clockAhead' ? '' : ` of ${sourceName(incident.source)}`;
  if (count > 0) return `${incident.group} dropped ${grouped(count)} records${of} (${where})`;
  return `${incident.group} took ${grouped(incident.late.count)} records${of} (${where}) late`;
}

function others(incident: Omit<IncidentDraft, 'sentence'>): string {
  return incident.late.count === 1 ? 'another record' : 'the others';
}

/** `47 s`, `1.2 s`, `340 ms`, `12 min`. */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return `${Math.round(ms)} ms`;
  if (size < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (size < 180_000) return `${Math.round(ms / 1_000)} s`;
  if (size < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (size < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${grouped(Math.round(ms / 86_400_000))} days`;
}

/** A grace that one would type in: whole seconds, never less than needed. */
function roundUp(ms: number): number {
  return Math.ceil(ms / 1_000) * 1_000;
}

export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Of a time beyond what a calendar holds, the bare number. */
function timeOfDay(ms: number): string {
  if (!(Math.abs(ms) <= 8.64e15)) return String(ms);
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
