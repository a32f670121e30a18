import { middleMs, widthMs } from '../interval.ts';
import { sourceKey, sourceName } from '../source.ts';
import { formatCounted, formatDuration, wholeSeconds } from '../telling/format.ts';
import type { IncidentDraft, IncidentKind } from './incident.ts';
import { proved, suspected, withdrawn } from './suspicion-sentence.ts';

type Told = Omit<IncidentDraft, 'sentence'>;

/** One sentence that a person on call understands, times in UTC. */
export function sentence(incident: Told): string {
  if (incident.status === 'suspected') return suspected(incident);
  if (incident.status === 'withdrawn') return withdrawn(incident);
  if (incident.proof !== undefined && incident.late.count === 0) return proved(incident, when(incident));
  const grace = Math.max(0, ...incident.dropped.map((drops) => drops.graceNeededMs));
  const needed = grace > 0 ? ` Grace ${formatDuration(wholeSeconds(grace))} would have kept all of them.` : '';
  const better = incident.remedies.some(({ kind }) => kind === 'scheduler')
    ? ` Event-time order across partitions would have kept them${grace > 0 ? ', whatever the grace' : ' in time'}.`
    : '';
  return `${losses(incident)}${why[incident.kind](incident)}.${needed}${better}`;
}

const why: { readonly [K in IncidentKind]: (incident: Told) => string } = {
  producerCutOff: (incident) =>
    incident.end === undefined
      ? `: ${sourceName(incident.source)} is cut off from the broker ${when(incident)}`
      : `, falsely late: it was cut off from the broker ${when(incident)}${incident.proof ? ', proved by its agent' : ''}, while ${mover(incident)} moved the stream time on`,
  brokerOutage: (incident) =>
    `, falsely late: nobody could write there ${when(incident)}, the broker took no records, while other partitions moved the stream time on`,
  clockAhead: (incident) => {
    const aheadMs = 'aheadMs' in incident.evidence ? incident.evidence.aheadMs.lowMs : 0;
    return `: the clock of ${sourceName(incident.source)} runs ${formatDuration(aheadMs)} ahead and pulled the stream time past ${others(incident)}`;
  },
  clockBehind: (incident) => {
    const behindMs = 'behindMs' in incident.evidence ? middleMs(incident.evidence.behindMs) : 0;
    return `, falsely late: its clock is about ${formatDuration(behindMs)} behind ${when(incident)}, so its new events look old`;
  },
  consumerInterleave: (incident) =>
    `, falsely late: they were on the broker, but the consumer did not take them ${when(incident)} and then took younger ones first`,
  repartition: (incident) =>
    `, falsely late: the upstream task that writes them lags behind the others ${when(incident)}`,
  backfill: (incident) => {
    const ageMs = 'ageMs' in incident.evidence ? incident.evidence.ageMs : 0;
    return `: they are a backfill, events of ${formatDuration(ageMs)} before, written ${when(incident)}`;
  },
};

/** `for 47 s (±0.4 s), from 10:02:11 UTC to 10:02:58 UTC`, or `since 10:02:11 UTC`. */
function when({ start, end }: Told): string {
  if (end === undefined) return `since ${timeOfDay(middleMs(start))}`;
  const lengthMs = middleMs(end) - middleMs(start);
  const giveOrTakeMs = (widthMs(start) + widthMs(end)) / 2;
  const slack = giveOrTakeMs > 0 ? ` (±${formatDuration(giveOrTakeMs)})` : '';
  return `for ${formatDuration(lengthMs)}${slack}, from ${timeOfDay(middleMs(start))} to ${timeOfDay(middleMs(end))}`;
}

function mover({ source, culprit }: Told): string {
  if (culprit === undefined) return 'others';
  return sourceKey(culprit.source) === sourceKey(source) ? 'a younger one of them' : sourceName(culprit.source);
}

function losses(incident: Told): string {
  const count = Math.max(0, ...incident.dropped.map((drops) => drops.count));
  const places = incident.partitions.map((p) => `${p.topic}-${p.partition}`);
  const where =
    places.length > 4 ? `${places.slice(0, 3).join(', ')} and ${places.length - 3} more` : places.join(', ');
  const of = isOfOthers[incident.kind] ? '' : ` of ${sourceName(incident.source)}`;
  if (count > 0) return `${incident.group} dropped ${formatCounted(count, 'record')}${of} (${where})`;
  return `${incident.group} took ${formatCounted(incident.late.count, 'record')}${of} (${where}) late`;
}

/** Kinds whose source is not the one that the records are from. */
const isOfOthers: { readonly [K in IncidentKind]: boolean } = {
  producerCutOff: false,
  brokerOutage: true,
  clockAhead: true,
  clockBehind: false,
  consumerInterleave: true,
  repartition: false,
  backfill: false,
};

function others(incident: Told): string {
  return incident.late.count === 1 ? 'another record' : 'the others';
}

/** Of a time beyond what a calendar holds, the bare number. */
function timeOfDay(ms: number): string {
  if (!(Math.abs(ms) <= 8.64e15)) return String(ms);
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
