import { leastCutMs } from '../assess/wait.ts';
import type { ProduceFailure } from '../producer-report.ts';
import { type LinkedBy, type ProducerFold, writtenKey } from './producers.ts';
import type { LaneFold, SourceFold, State } from './state.ts';

/**
 * From the broker's side a silent source may be idle or cut off. The agents of its own producers know: one that holds nothing
 * is idle; one that holds records which no broker acknowledges is cut off, as long as that lasts.
 *
 * What they cannot tell: what the producer's owner keeps to itself and has not handed over; and anything while they are not
 * heard of themselves, since the process may have died or lost all its network.
 */
/** `live`: its records get in, or have not been on their way for long. */
export type Told = { readonly kind: 'idle' | 'live' } | { readonly kind: 'cut'; readonly proof: ProducerProof };

/** What the agent of a producer that is cut off said last. Instants are true time, as far as known. */
export interface ProducerProof {
  readonly host: string;
  readonly processId: number;
  /** Producers of this source that are cut off; what is said of one is said of the one that waits longest. */
  readonly producers: number;
  readonly linkedBy: LinkedBy;
  /** The brokers that it writes this source to. */
  readonly brokers: readonly number[];
  readonly acknowledgedMs?: number;
  /** When the first request was begun that nothing came of. */
  readonly sinceMs: number;
  readonly failures: { readonly [K in ProduceFailure]?: number };
  /** Of all of them together. */
  readonly waitingRecords: number;
  readonly givenUp: number;
  /** When the oldest that waits was made. */
  readonly createdMs?: number;
  /** Whether its owner goes on handing over while it waits: then what waits is all that there is. */
  readonly isAll: boolean;
  /** Its last report that says so. */
  readonly toldMs: number;
}

/** An agent reports each second; one that is not heard of for so long says nothing of now. */
const staleMs = 5_000;
/** A client that gave up hands back what waited: its owner pauses at most so long before it tries again. */
export const pauseMs = 10_000;
/** Instants that differ by less are of one moment: the grain of reports and of the clocks of two hosts. */
const grainMs = 2_000;

export function toldOf(state: State, of: SourceFold): Told | undefined {
  if (of.writers.size === 0) return undefined;
  const nowMs = Math.max(...of.lanes.map((lane) => lane.task.reportedMs));
  const proofs: ProducerProof[] = [];
  const said = new Set<'idle' | 'live' | 'unknown'>();
  for (const [key, linkedBy] of of.writers) {
    const producer = state.producers.get(key);
    if (producer === undefined) continue;
    const what = stateOf(producer, { of, linkedBy, nowMs });
    if (typeof what === 'object') proofs.push(what);
    else said.add(what);
  }
  if (said.has('live')) return { kind: 'live' };
  if (proofs.length > 0) return isOutage(state, of, proofs[0]!) ? undefined : { kind: 'cut', proof: together(proofs) };
  return said.has('idle') && !said.has('unknown') && wroteLast(state, of) ? { kind: 'idle' } : undefined;
}

interface Asked {
  readonly of: SourceFold;
  readonly linkedBy: LinkedBy;
  readonly nowMs: number;
}

function stateOf(producer: ProducerFold, { of, linkedBy, nowMs }: Asked): ProducerProof | 'idle' | 'live' | 'unknown' {
  if (producer.isClosed) return 'idle';
  if (nowMs - producer.reportedMs > staleMs) return 'unknown';
  const places = of.lanes.flatMap((lane) => producer.places.get(placeOf(lane)) ?? []);
  const getsIn = Math.min(of.lastSeenMs, producer.reportedMs - 2 * grainMs) + grainMs;
  if (places.some(({ acknowledgedMs }) => acknowledgedMs > getsIn)) return 'live';
  const { waiting, givenUp, reportedMs, waitedMs } = producer;
  if (waiting === undefined && givenUp === 0) return 'idle';
  if (waiting === undefined && !(reportedMs - waitedMs <= pauseMs)) return 'unknown';
  const nodes = [...new Set(places.flatMap(({ leader }) => leader ?? []))];
  const { acknowledgedMs, sinceMs, failures } = unacknowledged(producer, nodes);
  if (!(reportedMs - sinceMs >= leastCutMs) || of.lastSeenMs > sinceMs + grainMs) return 'live';
  // A broker that answers with a refusal was reached: it takes no records, of whomever.
  if (failures.refused !== undefined) return 'unknown';
  const createdMs = waiting?.createdMs ?? waiting?.sinceMs;
  return {
    host: producer.host,
    processId: producer.processId,
    producers: 1,
    linkedBy,
    brokers: nodes,
    ...(acknowledgedMs === undefined ? {} : { acknowledgedMs }),
    sinceMs,
    failures,
    waitingRecords: waiting?.records ?? 0,
    givenUp,
    ...(createdMs === undefined ? {} : { createdMs }),
    isAll: waiting !== undefined && waiting.newestMs - waiting.sinceMs >= Math.max(grainMs, of.usualGapMs),
    toldMs: reportedMs,
  };
}

/** What these brokers, and those not known by their ids yet, have acknowledged last, and since when nothing. `sinceMs` ∞: nothing waits for them. */
export function unacknowledged(
  { brokers, waiting }: ProducerFold,
  nodes: readonly number[],
): Pick<ProducerProof, 'acknowledgedMs' | 'sinceMs' | 'failures'> {
  const rows = brokers.filter(({ node }) => node === undefined || nodes.includes(node));
  const lastMs = Math.max(
    Number.NEGATIVE_INFINITY,
    ...rows.map((row) => row.acknowledgedMs ?? Number.NEGATIVE_INFINITY),
  );
  const failures: { [K in ProduceFailure]?: number } = {};
  let sinceMs = waiting !== undefined && lastMs < waiting.sinceMs ? waiting.sinceMs : Number.POSITIVE_INFINITY;
  for (const row of rows) {
    sinceMs = Math.min(sinceMs, row.unansweredSinceMs ?? sinceMs);
    for (const [kind, count] of Object.entries(row.failures) as [ProduceFailure, number][]) {
      failures[kind] = (failures[kind] ?? 0) + count;
    }
  }
  return { ...(Number.isFinite(lastMs) ? { acknowledgedMs: lastMs } : {}), sinceMs, failures };
}

function together(proofs: readonly ProducerProof[]): ProducerProof {
  const first = proofs.reduce((oldest, proof) => (proof.sinceMs < oldest.sinceMs ? proof : oldest));
  return {
    ...first,
    producers: proofs.length,
    brokers: [...new Set(proofs.flatMap(({ brokers }) => brokers))],
    waitingRecords: proofs.reduce((sum, { waitingRecords }) => sum + waitingRecords, 0),
    givenUp: proofs.reduce((sum, { givenUp }) => sum + givenUp, 0),
    isAll: proofs.every(({ isAll }) => isAll),
  };
}

/** Whether the record that was last heard of is one of theirs: else somebody without an agent writes there too. */
function wroteLast(state: State, of: SourceFold): boolean {
  const last = of.lanes.reduce((newest, lane) => (lane.last.highMs > newest.last.highMs ? lane : newest));
  const runs = state.written.get(placeOf(last))?.runs ?? [];
  const { offset } = last.last;
  return runs.some((run) => of.writers.has(run.producer) && offset >= run.first && offset <= run.last);
}

/** Whether another producer is turned away by the same brokers, and nobody's records get in there: then it is not this one. */
function isOutage(state: State, of: SourceFold, { brokers, sinceMs }: ProducerProof): boolean {
  let hasCompany = false;
  for (const producer of state.producers.values()) {
    if (of.writers.has(producer.key)) continue;
    for (const { node, acknowledgedMs, unansweredSinceMs } of producer.brokers) {
      if (node === undefined || !brokers.includes(node)) continue;
      if (acknowledgedMs !== undefined && acknowledgedMs > sinceMs + grainMs) return false;
      hasCompany ||= unansweredSinceMs !== undefined && producer.reportedMs - unansweredSinceMs >= leastCutMs;
    }
  }
  if (!hasCompany) return false;
  for (const task of state.tasks.values()) {
    for (const lane of task.lanes.values()) {
      if (lane.leader !== undefined && brokers.includes(lane.leader) && lane.last.lowMs > sinceMs + grainMs)
        return false;
    }
  }
  return true;
}

/** The last acknowledgement that any of its producers had; −∞: none. */
export function acknowledgedMsOf(state: State, of: SourceFold): number {
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const key of of.writers.keys()) {
    const places = state.producers.get(key)?.places;
    for (const lane of of.lanes) lastMs = Math.max(lastMs, places?.get(placeOf(lane))?.acknowledgedMs ?? lastMs);
  }
  return lastMs;
}

function placeOf({ task, topic, partition }: LaneFold): string {
  return writtenKey(task.cluster, topic, partition);
}
