import {
  type Assessment,
  costOf,
  type Finding,
  type FindingKind,
  forecastLines,
  type Incident,
  isConfirmed,
  producerName,
  producerStateWords,
  type SeriesPoint,
  type SourceState,
  sourceKey,
  sourceName,
  type TaskAssessment,
  toldInIncidents,
  type VerdictKind,
  verdictClass,
  verdictKinds,
  wordsOf,
} from '@tidemark/core';
import { formatCounted, formatDuration } from './format.ts';
import { watermarkNews } from './topology/watermark-news.ts';

/** How far back the headline looks: an incident of last night is in the list, but it is not the news. */
export const newsMs: number = 15 * 60_000;

export interface Headline {
  /** `none`: nothing is watched, so nothing can be said. */
  readonly level: 'none' | 'good' | 'watch' | 'bad';
  readonly text: string;
  /** What else there is to say, most important first. */
  readonly details: readonly string[];
  /** What is told is an incident, which has a page. */
  readonly isIncident?: true;
}

/** The state of everything, as one would tell it to the person who has just been woken. */
export function headlineOf(assessment: Assessment, points: readonly SeriesPoint[]): Headline {
  const { agents, tasks, nowMs } = assessment;
  if (agents.length === 0 && tasks.length === 0) return { level: 'none', text: 'No agent yet', details: [] };
  const lost = agents.filter((agent) => agent.lost).length;
  const isLost = lost > 0 && lost === agents.length;
  const gone: News[] = isLost ? [{ level: 'watch', text: 'No agent reports any more' }] : [];
  const others = otherLateness(points, nowMs - newsMs);
  const news = [
    ...gone,
    ...incidentNews(assessment),
    ...heldUp(assessment),
    ...silences(assessment),
    ...(isLost ? [] : watermarks(assessment)),
    ...clockNews(assessment),
    ...others,
  ];
  if (lost > 0 && !isLost) {
    news.push({ level: 'watch', text: `${formatCounted(lost, 'agent')} of ${agents.length} stopped reporting` });
  }
  const [first, ...rest] = ranks.flatMap((level) => news.filter((item) => item.level === level));
  if (first !== undefined && first.level !== 'good') {
    return { ...first, details: rest.map((item) => item.text) };
  }
  const isOn = tasks.some((task) => task.streamTimeMs !== undefined);
  const text = others.length > 0 ? 'Nothing is falsely late' : isOn ? 'All on time' : waitingText(assessment);
  return { level: 'good', text, details: news.map((item) => item.text) };
}

function waitingText({ tasks, producers }: Assessment): string {
  return tasks.length === 0 && producers.length > 0
    ? 'Producers are watched, and no consumer yet'
    : 'Waiting for the first record';
}

interface News {
  readonly level: 'good' | 'watch' | 'bad';
  readonly text: string;
  readonly isIncident?: true;
}
const ranks = ['bad', 'watch', 'good'] as const;

/** One sentence a kind; what still costs records comes before what is over. */
function incidentNews(assessment: Assessment): News[] {
  const recent = assessment.incidents.filter((incident) => isNews(incident, assessment.nowMs));
  const kinds = [...Map.groupBy(recent, (incident) => incident.kind)];
  const open = (incidents: readonly Incident[]): number => (incidents.some(isOpen) ? 1 : 0);
  kinds.sort(([a, ofA], [b, ofB]) => open(ofB) - open(ofA) || order.indexOf(a) - order.indexOf(b));
  return kinds.map(([kind, incidents]) => {
    const sources = new Set(incidents.map((incident) => sourceKey(incident.source))).size;
    const lasting = incidents.some((incident) => incident.end === undefined);
    const isFalse = verdictClass[kind] === 'falsely late';
    return {
      level: isFalse ? 'bad' : 'watch',
      text: `${wordsOf({ kind }).news(sources, lasting)}: ${costOf(incidents)}`,
      isIncident: true,
    };
  });
}
const order: readonly VerdictKind[] = verdictKinds;

/** A suspicion is no news of its own: the silence that it is about is told with the source that holds the time back. */
export function isNews(incident: Incident, nowMs: number): boolean {
  if (!isConfirmed(incident)) return false;
  return isOpen(incident) || (incident.end?.highMs ?? incident.updatedAtMs) >= nowMs - newsMs;
}

function isOpen(incident: Incident): boolean {
  return incident.status === 'open';
}

/** Producers that say themselves that their records are held up, where no incident tells of it: nobody that is watched reads them. */
function heldUp({ producers, incidents }: Assessment): News[] {
  const isTold = toldInIncidents(incidents);
  const held = producers.filter((producer) => producer.heldUp !== undefined && !isTold(producer));
  const [first] = held;
  if (first === undefined) return [];
  const records = held.reduce((sum, { waiting }) => sum + (waiting?.records ?? 0), 0);
  const cost = `${formatCounted(records, 'record waits', 'records wait')}`;
  const what =
    held.length === 1
      ? `${capitalised(producerName(first))} on ${first.host} is ${producerStateWords(first)}`
      : `${formatCounted(held.length, 'producer')} get no record to the broker`;
  return [{ level: 'bad', text: `${what}: ${cost}` }];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function silences(assessment: Assessment): News[] {
  const held = assessment.tasks.filter((task) => isHeldBack(assessment, task) && holderState(task) === 'suspectedCut');
  const [first] = held;
  if (first?.heldBackBy === undefined) return [];
  if (held.length > 1)
    return [{ level: 'watch', text: `${formatCounted(held.length, 'task')} are held back by silent sources` }];
  const name = sourceName(first.heldBackBy);
  const [worst] = first.forecast === undefined ? [] : forecastLines(first.forecast);
  return [
    {
      level: 'watch',
      text: `${name} is ${silentFor(first, assessment.nowMs)}: idle or cut off cannot be told until it returns`,
    },
    ...(worst === undefined ? [] : [{ level: 'watch', text: worst } as const]),
  ];
}

/** Nothing is late for it, and nothing is done either. */
function watermarks({ topology, nowMs }: Assessment): News[] {
  const text = watermarkNews(topology, nowMs);
  return text === undefined ? [] : [{ level: 'watch', text }];
}

/** What is open of the clocks: a wrong clock wants a look, one that is not well known is worth a line. */
function clockNews({ findings }: Assessment): News[] {
  const open = findings.filter((finding) => finding.status === 'open');
  const [wrong, unsure] = [open.filter(({ kind }) => isWrong[kind]), open.filter(({ kind }) => !isWrong[kind])];
  const news: News[] = [];
  if (wrong.length > 0) news.push({ level: 'watch', text: oneOrMany(wrong, 'clocks are wrong') });
  if (unsure.length > 0) news.push({ level: 'good', text: oneOrMany(unsure, 'clocks are not well known') });
  return news;
}

const isWrong: { readonly [K in FindingKind]: boolean } = {
  clockDrift: true,
  clockOff: true,
  clockStep: true,
  clockContradiction: true,
  clockBoundTooWide: false,
  clockSourceLost: false,
  clockSourceMissing: false,
};

function oneOrMany(findings: readonly Finding[], many: string): string {
  return findings.length === 1 ? findings[0]!.sentence : `${formatCounted(findings.length, 'finding')}: ${many}`;
}

/** By somebody whose silence is unusual. Of a consumer that nobody reports of any more, it is not known what its sources do. */
export function isHeldBack(assessment: Assessment, task: TaskAssessment): boolean {
  const isAsItWas = task.heldBackBy === undefined || holderState(task) === 'idle';
  return !isAsItWas && lostSince(assessment, task) === undefined;
}

/** When the agent of a task was last heard, if it is lost. */
export function lostSince(assessment: Assessment, task: TaskAssessment): number | undefined {
  const agent = assessment.agents.find(({ identity }) => identity.id === task.agentId);
  return agent?.lost ? agent.lastReportMs : undefined;
}

/** Of a silent source only its return tells whether it had nothing to say or could not say it. */
export function heldBackSentence(task: TaskAssessment, nowMs: number): string | undefined {
  const state = holderState(task);
  if (task.heldBackBy === undefined || state === undefined) return undefined;
  const because = holderOf(task)?.told?.kind === 'cut' ? byItsAgent : heldBecause[state](silentFor(task, nowMs));
  return `Held back by ${sourceName(task.heldBackBy)}, ${because}`;
}

const byItsAgent = 'which is cut off: its own agent says so';
const heldBecause: { readonly [S in SourceState]: (silence: string) => string } = {
  live: () => 'whose records come late',
  idle: (silence) => `${silence}, as it is now and then`,
  suspectedCut: (silence) => `${silence}: idle or cut off cannot be told until it returns`,
  cut: () => 'which was cut off: what was held up is still coming',
  gone: (silence) => silence,
};

/** Undefined: nobody holds the task back, or a source that is not listed. */
export function holderState(task: TaskAssessment): SourceState | undefined {
  return holderOf(task)?.state;
}

function holderOf({ heldBackBy, sources }: TaskAssessment): TaskAssessment['sources'][number] | undefined {
  const key = heldBackBy && sourceKey(heldBackBy);
  return sources.find((it) => sourceKey(it.source) === key);
}

function silentFor(task: TaskAssessment, nowMs: number): string {
  const lastSeenMs = holderOf(task)?.lastSeenMs;
  return lastSeenMs === undefined ? 'silent' : `silent for ${formatDuration(Math.max(0, nowMs - lastSeenMs))}`;
}

/**
 * Late records of the kinds that make no incident. A little disorder is the usual thing for many sources, and no reason to
 * wake anybody: it wants a look once a declared policy drops some of it.
 */
function otherLateness(points: readonly SeriesPoint[], sinceMs: number): News[] {
  const sums = { outOfOrderSource: 0, undecided: 0, dropped: 0 };
  for (const point of points) {
    if (point.atMs < sinceMs) continue;
    for (const { lateByVerdict: late, droppedByVerdict: dropped } of point.tasks) {
      sums.outOfOrderSource += late.outOfOrderSource ?? 0;
      sums.undecided += late.undecided ?? 0;
      sums.dropped += (dropped.outOfOrderSource ?? 0) + (dropped.undecided ?? 0);
    }
  }
  const parts = [
    sums.outOfOrderSource > 0 ? `${formatCounted(sums.outOfOrderSource, 'record')} truly late` : '',
    sums.undecided > 0 ? `${formatCounted(sums.undecided, 'record')} late for a cause not yet decided` : '',
    sums.dropped > 0 ? `${formatCounted(sums.dropped, 'dropped', 'dropped')}` : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) return [];
  return [
    { level: sums.dropped > 0 ? 'watch' : 'good', text: `In the last ${formatDuration(newsMs)}: ${parts.join(', ')}` },
  ];
}
