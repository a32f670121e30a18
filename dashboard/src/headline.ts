import {
  type Assessment,
  type Incident,
  type SeriesPoint,
  sourceKey,
  sourceName,
  type VerdictKind,
} from '@tidemark/core';
import { formatCounted, formatDuration } from './format.ts';
import { countByClass } from './words.ts';

/** How far back the headline looks: an incident of last night is in the list, but it is not the news. */
export const newsMs: number = 15 * 60_000;

export interface Headline {
  /** `none`: nothing is watched, so nothing can be said. */
  readonly level: 'none' | 'good' | 'watch' | 'bad';
  readonly text: string;
  /** What else there is to say, most important first. */
  readonly details: readonly string[];
}

/** The state of everything, as one would tell it to the person who has just been woken. */
export function headlineOf(assessment: Assessment, points: readonly SeriesPoint[]): Headline {
  if (assessment.agents.length === 0 && assessment.tasks.length === 0) {
    return { level: 'none', text: 'No agent yet', details: [] };
  }
  const lost = assessment.agents.filter((agent) => agent.lost).length;
  const news = newsOf(assessment, points);
  const allLost = lost > 0 && lost === assessment.agents.length;
  const silence = allLost ? [{ level: 'watch' as const, text: 'No agent reports any more' }] : [];
  const [first, ...rest] = [
    ...news.filter((item) => item.level === 'bad'),
    ...silence,
    ...news.filter((item) => item.level !== 'bad'),
  ];
  const details = rest.map((item) => item.text);
  if (lost > 0 && !allLost)
    details.push(`${formatCounted(lost, 'agent')} of ${assessment.agents.length} stopped reporting`);
  if (first !== undefined) return { level: first.level, text: first.text, details };
  const calm = assessment.tasks.some((task) => task.streamTimeMs !== undefined)
    ? 'All on time'
    : 'Waiting for the first record';
  return { level: lost > 0 ? 'watch' : 'good', text: calm, details };
}

interface News {
  readonly level: 'watch' | 'bad';
  readonly text: string;
}

function newsOf(assessment: Assessment, points: readonly SeriesPoint[]): News[] {
  const sinceMs = assessment.nowMs - newsMs;
  const recent = assessment.incidents.filter((incident) => isNews(incident, assessment.nowMs));
  const of = (kind: Incident['kind']): readonly Incident[] => recent.filter((incident) => incident.kind === kind);
  // What still costs records comes before what is over.
  const [first, second] = [cutOffs(of('producerCutOff')), clocksAhead(of('clockAhead'))];
  const isLater = of('clockAhead').some(isOpen) && !of('producerCutOff').some(isOpen);
  const incidents = isLater ? [second, first] : [first, second];
  return [...incidents, ...silences(assessment), otherLateness(points, sinceMs)].filter((item) => item !== undefined);
}

export function isNews(incident: Incident, nowMs: number): boolean {
  return isOpen(incident) || (incident.end?.highMs ?? incident.updatedAtMs) >= nowMs - newsMs;
}

function isOpen(incident: Incident): boolean {
  return incident.status === 'open';
}

function cutOffs(cuts: readonly Incident[]): News | undefined {
  if (cuts.length === 0) return undefined;
  const producers = new Set(cuts.map((incident) => sourceName(incident.source)));
  const lasting = cuts.some((incident) => incident.end === undefined);
  const verb = producers.size === 1 ? (lasting ? 'is' : 'was') : lasting ? 'are' : 'were';
  return { level: 'bad', text: `${formatCounted(producers.size, 'producer')} ${verb} cut off: ${cost(cuts)}` };
}

function clocksAhead(ahead: readonly Incident[]): News | undefined {
  if (ahead.length === 0) return undefined;
  const clocks = new Set(ahead.map((incident) => sourceName(incident.source)));
  const lasting = ahead.some((incident) => incident.end === undefined);
  const verb = clocks.size === 1 ? (lasting ? 'runs' : 'ran') : lasting ? 'run' : 'ran';
  return {
    level: 'bad',
    text: `${formatCounted(clocks.size, "producer's clock", "producers' clocks")} ${verb} ahead: ${cost(ahead)}`,
  };
}

function cost(incidents: readonly Incident[]): string {
  const late = incidents.reduce((sum, incident) => sum + incident.late.count, 0);
  const dropped = incidents.reduce((sum, incident) => sum + Math.max(0, ...incident.dropped.map((it) => it.count)), 0);
  if (late === 0) return 'no record late so far';
  return `${formatCounted(late, 'record')} falsely late${dropped > 0 ? `, ${formatCounted(dropped, 'dropped', 'dropped')}` : ''}`;
}

function silences(assessment: Assessment): News[] {
  const held = assessment.tasks.filter((task) => task.heldBackBy !== undefined);
  const [first] = held;
  if (first?.heldBackBy === undefined) return [];
  if (held.length > 1)
    return [{ level: 'watch', text: `${formatCounted(held.length, 'task')} are held back by silent sources` }];
  const name = sourceName(first.heldBackBy);
  return [
    {
      level: 'watch',
      text: `${name} is ${silentFor(first, assessment.nowMs)}: idle or cut off cannot be told until it returns`,
    },
  ];
}

/** Only its return tells whether a silent source had nothing to say or could not say it. */
export function heldBackSentence(task: Assessment['tasks'][number], nowMs: number): string | undefined {
  const source = task.heldBackBy;
  if (source === undefined) return undefined;
  return `Held back by ${sourceName(source)}, ${silentFor(task, nowMs)}: idle or cut off cannot be told until it returns`;
}

function silentFor(task: Assessment['tasks'][number], nowMs: number): string {
  const key = task.heldBackBy && sourceKey(task.heldBackBy);
  const lastSeenMs = task.sources.find((it) => sourceKey(it.source) === key)?.lastSeenMs;
  return lastSeenMs === undefined ? 'silent' : `silent for ${formatDuration(Math.max(0, nowMs - lastSeenMs))}`;
}

/** Late records that no incident speaks of: those of a cut or a wrong clock are in its own sentence. */
function otherLateness(points: readonly SeriesPoint[], sinceMs: number): News | undefined {
  const counts: { [K in VerdictKind]?: number } = {};
  for (const point of points) {
    if (point.atMs < sinceMs) continue;
    for (const task of point.tasks) {
      for (const [kind, count] of Object.entries(task.lateByVerdict) as [VerdictKind, number][]) {
        if (kind !== 'producerCutOff' && kind !== 'clockAhead') counts[kind] = (counts[kind] ?? 0) + count;
      }
    }
  }
  const sums = countByClass(counts);
  const undecided = counts.undecided ?? 0;
  const parts = [
    sums['falsely late'] > 0 ? `${formatCounted(sums['falsely late'], 'record')} falsely late` : '',
    sums['truly late'] > 0 ? `${formatCounted(sums['truly late'], 'record')} truly late` : '',
    undecided > 0 ? `${formatCounted(undecided, 'record')} late for a cause not yet decided` : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) return undefined;
  return { level: 'watch', text: `In the last ${formatDuration(newsMs)}: ${parts.join(', ')}` };
}
