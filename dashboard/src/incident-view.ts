import {
  type Fact,
  forecastLines,
  type Incident,
  incidentFacts,
  isConfirmed,
  lengthMs,
  middleMs,
  mostDropped,
  remedyLines,
  titleOf,
  verdictClass,
  wholeSeconds,
  wordsOf,
} from '@tidemark/core';
import { formatCount, formatCounted, formatDuration } from './format.ts';

export interface IncidentView {
  readonly id: string;
  readonly revision: number;
  readonly kind: Incident['kind'];
  readonly title: string;
  readonly sentence: string;
  readonly status: Incident['status'];
  readonly startMs: number;
  readonly figures: readonly { readonly name: string; readonly value: string }[];
  readonly facts: readonly Fact[];
  /** Of a silence: what it costs if it is a cut. */
  readonly forecast: readonly string[];
  /** What would have saved its records, the best remedy first. */
  readonly remedies: readonly string[];
  readonly turns: Incident['revisions'];
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
    facts: incidentFacts(incident),
    forecast: incident.forecast === undefined ? [] : forecastLines(incident.forecast),
    remedies: remedyLines(incident),
    turns: incident.revisions,
    graces: gracesOf(incident),
  };
}

function gracesOf({ dropped }: Incident): GraceRuler[] {
  return dropped
    .filter(({ count }) => count > 0)
    .map(({ policy, graceMs, graceNeededMs, count }) => ({
      policy,
      graceMs,
      neededMs: wholeSeconds(graceNeededMs),
      text: `${policy}: its grace of ${formatDuration(graceMs)} lost ${formatCounted(count, 'record')}; ${formatDuration(wholeSeconds(graceNeededMs))} would have kept all.`,
    }));
}

function figuresOf(incident: Incident): IncidentView['figures'] {
  if (!isConfirmed(incident)) return suspicionFigures(incident);
  const lasted = incident.end === undefined ? 'still lasting' : formatDuration(lengthMs(incident));
  const dropped = mostDropped(incident);
  const grace = incident.dropped.reduce((most, it) => Math.max(most, it.graceNeededMs), 0);
  const figures = [
    { name: wordsOf(incident).lasted, value: lasted },
    { name: verdictClass[incident.kind], value: formatCount(incident.late.count) },
  ];
  if (incident.proof !== undefined && incident.end === undefined) {
    figures.push({ name: 'waiting at the producer', value: formatCount(incident.proof.waitingRecords) });
  }
  if (incident.dropped.length > 0) {
    figures.push({ name: 'dropped', value: formatCount(dropped) });
    if (dropped > 0) figures.push({ name: 'grace needed', value: formatDuration(wholeSeconds(grace)) });
  }
  return figures;
}

function suspicionFigures({ suspicion, forecast }: Incident): IncidentView['figures'] {
  const figures = suspicion === undefined ? [] : [{ name: 'silent for', value: formatDuration(suspicion.silentMs) }];
  if (suspicion !== undefined)
    figures.push({ name: 'likely a cut', value: `${Math.round(suspicion.likelihood * 100)} %` });
  if (forecast === undefined) return figures;
  const [worst] = forecast.policies.toSorted(
    (a, b) => b.lostRecords - a.lostRecords || a.firstLostInMs - b.firstLostInMs,
  );
  figures.push({ name: 'held, if it is one', value: formatCount(Math.round(forecast.heldRecords)) });
  if (worst === undefined) return figures;
  figures.push({ name: 'of these lost', value: formatCount(Math.round(worst.lostRecords)) });
  if (worst.lostRecords === 0) figures.push({ name: 'first lost in', value: formatDuration(worst.firstLostInMs) });
  return figures;
}
