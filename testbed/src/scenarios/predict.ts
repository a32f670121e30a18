import {
  type Assessment,
  type Incident,
  isConfirmed,
  middleMs,
  type State,
  seriesBetween,
  type VerdictKind,
} from '@tidemark/core';
import { type Played, play } from './play.ts';
import { type Header, partitionId, type Trace } from './trace.ts';

/** What `score.py` compares with the truth. */
export interface Prediction {
  readonly scenario: string;
  readonly incidents: readonly PredictedIncident[];
  readonly late: readonly (readonly [index: number, count: number, cause: string, incident: number | null])[];
  readonly dropped: readonly (readonly [index: number, count: number])[];
  readonly streamTime: readonly Series[];
  readonly streamTimeOnline: readonly Series[];
}

export interface PredictedIncident {
  readonly kind: string;
  readonly pid: number;
  readonly partitions: readonly number[];
  readonly task: number | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly detectedAtMs: number;
}

interface Series {
  readonly task: number;
  readonly points: (readonly [atMs: number, trueStreamTimeMs: number])[];
}

const causeOf: { readonly [K in VerdictKind]: string } = {
  producerCutOff: 'disconnect',
  brokerOutage: 'broker',
  clockAhead: 'clock',
  clockBehind: 'clock',
  consumerInterleave: 'interleave',
  repartition: 'shuffle',
  backfill: 'backfill',
  outOfOrderSource: 'unordered',
  ordinary: 'intrinsic',
  undecided: 'intrinsic',
};

/** Hindsight is taken when it is this old: what has not come by then is not waited for. */
const settledMs = 600_000;

export function predict(trace: Trace): Prediction {
  const { header } = trace;
  const online = new Map<string, Series>();
  const hindsight = new Map<string, Series>();
  const seriesOf = (into: Map<string, Series>, id: string): Series => {
    const known = into.get(id) ?? { task: Number(id.split('/')[1]), points: [] };
    into.set(id, known);
    return known;
  };
  let harvestedMs = header.epochMs;
  const harvest = (state: State, untilMs: number): void => {
    for (const point of seriesBetween(state, harvestedMs, untilMs)) {
      for (const task of point.tasks) {
        if (task.trueStreamTimeMs === undefined) continue;
        seriesOf(hindsight, task.id).points.push([
          Math.round(point.atMs + 1000 - header.epochMs),
          Math.round(task.trueStreamTimeMs - header.epochMs),
        ]);
      }
    }
    harvestedMs = untilMs + 1;
  };
  const played = play(trace, (assessment: Assessment, state: State) => {
    for (const task of assessment.tasks) {
      if (task.trueStreamTimeMs === undefined) continue;
      seriesOf(online, task.id).points.push([
        Math.round(assessment.nowMs - header.epochMs),
        Math.round(task.trueStreamTimeMs - header.epochMs),
      ]);
    }
    if (assessment.nowMs - harvestedMs > settledMs + 60_000) harvest(state, assessment.nowMs - settledMs);
  });
  harvest(played.state, played.last.nowMs);
  const incidents = confirmed(played);
  const position = new Map(incidents.map((incident, i) => [incident.id, i]));
  return {
    scenario: header.scenario,
    incidents: predictedIncidents(played),
    late: runs(played, position),
    dropped: played.dropped.map((index): [number, number] => [index, 1]),
    streamTime: [...hindsight.values()],
    streamTimeOnline: [...online.values()],
  };
}

/** A suspicion is not yet a report. */
function confirmed({ last }: Played): Incident[] {
  return last.incidents.filter(isConfirmed).reverse();
}

export function predictedIncidents(played: Played): PredictedIncident[] {
  return confirmed(played).map((incident) => predicted(incident, played.header, played.last.nowMs));
}

function predicted(incident: Incident, header: Header, endMs: number): PredictedIncident {
  const { source } = incident;
  return {
    kind: causeOf[incident.kind],
    pid: source.kind === 'producer' ? Number(source.producerId) : -1,
    partitions: incident.partitions.map((place) => partitionId(header, place)),
    task: incident.tasks.length === 1 ? Number(incident.tasks[0]!.split('/')[1]) : null,
    startMs: Math.round(middleMs(incident.start) - header.epochMs),
    endMs: Math.round((incident.end === undefined ? endMs : middleMs(incident.end)) - header.epochMs),
    detectedAtMs: Math.round(incident.detectedAtMs - header.epochMs),
  };
}

function runs(played: Played, position: ReadonlyMap<string, number>): Prediction['late'] {
  const out: [number, number, string, number | null][] = [];
  for (const { index, row } of played.late) {
    const cause = causeOf[row?.verdict?.kind ?? 'undecided'];
    const incident = row?.incidentId === undefined ? null : (position.get(row.incidentId) ?? null);
    const last = out.at(-1);
    if (last !== undefined && last[0] + last[1] === index && last[2] === cause && last[3] === incident) last[1]++;
    else out.push([index, 1, cause, incident]);
  }
  return out;
}
