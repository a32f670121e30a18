import type { Forecast } from '../assess/forecast.ts';
import type { Suspicion } from '../assess/suspicion.ts';
import { sourceName } from '../source.ts';
import { formatCount, formatDuration, formatPartition } from '../telling/format.ts';
import type { IncidentDraft } from './incident.ts';

type Told = Omit<IncidentDraft, 'sentence'>;

/** What a silence may be, and what it costs if it is a cut: for a person who must decide whether to look now. */
export function suspected(incident: Told): string {
  const { suspicion, forecast, group } = incident;
  const name = sourceName(incident.source) + from(suspicion);
  const { silentMs = 0, usualGapMs = 0, usualNowMs } = suspicion ?? {};
  const usual = usualNowMs === undefined ? 'usually' : 'at this time of day usually';
  const silence = `silent for ${formatDuration(silentMs)}, ${usual} ${formatDuration(usualNowMs ?? usualGapMs)} at most`;
  if (forecast === undefined) return `${name} may be cut off, or idle: ${silence}.`;
  const ifCut = `If ${name} is cut off (it may be idle: ${silence})`;
  const drops = dropsNow(group, forecast);
  return drops === undefined ? `${ifCut}: ${runsAhead(group, forecast)}.` : `${ifCut} and came back now, ${drops}.`;
}

/** A cut by the word of the producer's own agent, before (or without) any record that is late for it. `spell`: from when to when. */
export function proved({ source, group, proof, forecast, end }: Told, spell: string): string {
  const { brokers, failures, waitingRecords } = proof!;
  const name = sourceName(source);
  const broker = brokers.length === 1 ? `broker ${brokers[0]}` : 'the broker';
  if (end !== undefined)
    return `${name} was cut off from ${broker} ${spell}, proved by its agent; it cost ${group} nothing.`;
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  const tries = failed === 0 ? '' : `, ${failed === 1 ? '1 request' : `${formatCount(failed)} requests`} failed`;
  const waits = `${counted(waitingRecords)} ${waitingRecords === 1 ? 'waits' : 'wait'}`;
  const drops = forecast && dropsNow(group, forecast);
  const cost =
    forecast === undefined ? '' : drops === undefined ? ` ${runsAhead(group, forecast)}.` : ` Back now, ${drops}.`;
  return `${name} is cut off from ${broker} ${spell}, proved by its agent: nothing is acknowledged${tries}, ${waits}.${cost}`;
}

/** Of several policies, by the one that loses most; undefined: none would yet. */
function dropsNow(group: string, { policies }: Forecast): string | undefined {
  const lost = policies.reduce((most, { lostRecords }) => Math.max(most, lostRecords), 0);
  return lost > 0 ? `about ${counted(lost)} of it would be dropped by ${group}, more each second` : undefined;
}

/** Of several policies, by the one that will lose first. */
function runsAhead(group: string, { policies, heldRecords, leadMs }: Forecast): string {
  const held = `${group} has run ${formatDuration(leadMs)} ahead of about ${counted(heldRecords)} of it`;
  if (policies.length === 0) return held;
  const inMs = policies.reduce((least, { firstLostInMs }) => Math.min(least, firstLostInMs), Number.POSITIVE_INFINITY);
  return `${held}; the first is lost in about ${formatDuration(inMs)}`;
}

function counted(records: number): string {
  return records === 1 ? '1 record' : `${formatCount(records)} records`;
}

function from(suspicion: Suspicion | undefined): string {
  const { leader, partitions = [] } = suspicion ?? {};
  if (leader === undefined) return '';
  return ` on broker ${leader} (${partitions.slice(0, 3).map(formatPartition).join(', ')}${partitions.length > 3 ? ', …' : ''})`;
}

export function withdrawn({ source, revisions, suspicion }: Told): string {
  const reason = revisions.at(-1)?.reason ?? 'it was nothing';
  const what = suspicion?.undecided === undefined ? 'Nothing happened' : 'Not known what happened';
  return `${what}: ${sourceName(source)} was silent for ${formatDuration(suspicion?.silentMs ?? 0)}; ${reason}.`;
}
