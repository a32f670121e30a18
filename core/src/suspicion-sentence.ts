import type { IncidentDraft } from './finding.ts';
import type { Forecast } from './forecast.ts';
import { sourceName } from './source.ts';
import { formatCount, formatDuration } from './telling/format.ts';

type Told = Omit<IncidentDraft, 'sentence'>;

/** What a silence may be, and what it costs if it is a cut: for a person who must decide whether to look now. */
export function suspected(incident: Told): string {
  const { suspicion, forecast, group } = incident;
  const name = sourceName(incident.source);
  const { silentMs = 0, usualGapMs = 0, usualNowMs } = suspicion ?? {};
  const usual = usualNowMs === undefined ? 'usually' : 'at this time of day usually';
  const silence = `silent for ${formatDuration(silentMs)}, ${usual} ${formatDuration(usualNowMs ?? usualGapMs)} at most`;
  if (forecast === undefined) return `${name} may be cut off, or idle: ${silence}.`;
  return `If ${name} is cut off (it may be idle: ${silence}): ${loss(group, forecast)}.`;
}

/** Of several policies, the one that loses most, or will lose first. */
function loss(group: string, { policies, heldRecords, leadMs }: Forecast): string {
  const lost = policies.reduce((most, { lostRecords }) => Math.max(most, lostRecords), 0);
  if (lost > 0) return `back now, about ${counted(lost)} of it would be dropped by ${group}, more each second`;
  const held = `${group} has run ${formatDuration(leadMs)} ahead of about ${counted(heldRecords)} of it`;
  if (policies.length === 0) return held;
  const inMs = policies.reduce((least, { firstLostInMs }) => Math.min(least, firstLostInMs), Number.POSITIVE_INFINITY);
  return `${held}; the first is lost in about ${formatDuration(inMs)}`;
}

function counted(records: number): string {
  return records === 1 ? '1 record' : `${formatCount(records)} records`;
}

export function withdrawn({ source, revisions, suspicion }: Told): string {
  const reason = revisions.at(-1)?.reason ?? 'it was nothing';
  return `Nothing happened: ${sourceName(source)} was silent for ${formatDuration(suspicion?.silentMs ?? 0)}; ${reason}.`;
}
