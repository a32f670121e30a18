import {
  type AgentIdentity,
  type Assessment,
  assess,
  createObservation,
  createState,
  firstAssessment,
  ingest,
  type Lane,
  laneOf,
  observe,
  observeFetch,
  openTask,
  type Policy,
  partitionOf,
  type RecordSeen,
  type Report,
  type Source,
  type State,
  takeReport,
} from '@tidemark/core';
import { prng } from './prng.ts';

/**
 * A small world without a network: producers write events to one topic, a consumer polls it every few milliseconds, the agent's
 * fold observes, and once a second a report goes to the collector's fold. For tests and pictures of what comes after the
 * agent; the worlds that judge verdicts are larger and made elsewhere.
 */
export interface StoryProducer {
  readonly name: string;
  /** Events per second, spread evenly with a little jitter. */
  readonly ratePerSecond: number;
  /** Without a name the wire's producer id is all there is. */
  readonly anonymousId?: string;
  /** Writes to this one only; else to all. */
  readonly partition?: number;
  /** It is restarted: what it sends from then on carries another producer id. */
  readonly restart?: { readonly atMs: number; readonly anonymousId: string };
  /** No way to the broker: events wait and are delivered in order on return. */
  readonly cut?: Span;
  /** No events at all. */
  readonly idle?: Span;
  /** Event times are this far off during the span. */
  readonly clock?: Span & { readonly byMs: number };
  /** Each event waits up to this long on its own before it is sent: order is lost. */
  readonly unorderedMs?: number;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Story {
  readonly seed: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly partitions: number;
  readonly producers: readonly StoryProducer[];
  readonly policy: Policy;
  readonly group?: string;
}

/** One record on the broker. */
export interface Written {
  readonly partition: number;
  readonly source: Source;
  readonly eventMs: number;
  readonly appendMs: number;
}

export interface Told {
  readonly reports: readonly Report[];
  /** In the order in which it was appended. */
  readonly written: readonly Written[];
  /** What the consumer itself would have dropped under the policy: `[partition, offset, producer]`. */
  readonly dropped: readonly (readonly [partition: number, offset: number, producer: string])[];
}

const pollMs = 20;

export function tell(story: Story): Told {
  const written = write(story);
  const agent: AgentIdentity = {
    id: `story-${story.seed}`,
    host: 'host-1',
    processId: 1,
    startedMs: story.startMs,
    version: '0.0.0',
    client: 'story',
  };
  const observation = createObservation(agent);
  const task = openTask(observation, { group: story.group ?? 'billing', member: 'm1', policies: [story.policy] });
  const lanes = new Map<string, Lane>();
  const ends = Array.from({ length: story.partitions }, () => 0);
  const record = { createMs: 0, appendMs: Number.NaN } as RecordSeen;
  const reports: Report[] = [];
  const dropped: [number, number, string][] = [];
  let streamTimeMs = Number.NEGATIVE_INFINITY;
  let next = 0;
  const endMs = story.startMs + story.durationMs;
  for (let nowMs = story.startMs; nowMs <= endMs; nowMs += pollMs) {
    const batches: Written[][] = Array.from({ length: story.partitions }, () => []);
    while (next < written.length && written[next]!.appendMs < nowMs) {
      const event = written[next++]!;
      batches[event.partition]!.push(event);
    }
    batches.forEach((batch, number) => {
      const partition = partitionOf(task, 'orders', number);
      const firstOffset = ends[number]!;
      ends[number]! += batch.length;
      observeFetch(partition, {
        askedMs: nowMs - pollMs,
        answeredMs: nowMs,
        highWaterOffset: ends[number]!,
        lastOffset: batch.length === 0 ? undefined : ends[number]! - 1,
        leader: 1,
      });
      batch.forEach((event, i) => {
        const key = `${number}/${JSON.stringify(event.source)}`;
        let lane = lanes.get(key);
        if (lane === undefined) {
          lane = laneOf(partition, event.source);
          // They are all seen from their first record on.
          if (lane.source.kind === 'producer') lane.firstSequence = 0;
          lanes.set(key, lane);
        }
        record.lane = lane;
        record.offset = firstOffset + i;
        record.eventMs = event.eventMs;
        record.createMs = event.eventMs;
        record.processedMs = nowMs;
        observe(task, record);
        streamTimeMs = Math.max(streamTimeMs, event.eventMs);
        const { sizeMs } = story.policy.window;
        const windowEnd = (Math.floor(event.eventMs / sizeMs) + 1) * sizeMs;
        if (windowEnd + story.policy.graceMs <= streamTimeMs)
          dropped.push([number, record.offset, nameOf(event.source)]);
      });
    });
    if (nowMs % 1000 === 0) reports.push(report(nowMs));
  }
  reports.push(report(endMs + 1000));
  return { reports, written, dropped };

  function report(nowMs: number): Report {
    return takeReport(observation, nowMs, {
      clock: { source: 'none (a story)', readings: [], steps: [] },
      health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
    });
  }
}

/** Feeds the reports as a collector does, a tick after each; gives the state and the last assessment. */
export function hear(reports: readonly Report[]): { readonly state: State; readonly assessment: Assessment } {
  const state = createState();
  let assessment = firstAssessment(reports[0]?.toMs ?? 0);
  for (const report of reports) {
    // As over the wire: what does not survive JSON must not be relied upon.
    ingest(state, JSON.parse(JSON.stringify(report)) as Report, report.toMs);
    assessment = assess(assessment, state, report.toMs);
  }
  return { state, assessment };
}

function write(story: Story): Written[] {
  const random = prng(story.seed);
  const events: Written[] = [];
  for (const producer of story.producers) {
    const { restart } = producer;
    const first = sourceOf(producer.name, producer.anonymousId);
    const restarted = restart === undefined ? first : sourceOf(producer.name, restart.anonymousId);
    let sentMs = 0;
    for (
      let atMs = story.startMs;
      atMs < story.startMs + story.durationMs;
      atMs += (500 + 1000 * random()) / producer.ratePerSecond
    ) {
      if (isIn(producer.idle, atMs - story.startMs)) continue;
      const off = producer.clock !== undefined && isIn(producer.clock, atMs - story.startMs) ? producer.clock.byMs : 0;
      let appendMs = atMs + 2 + 30 * random() + (producer.unorderedMs ?? 0) * random();
      if (isIn(producer.cut, atMs - story.startMs)) appendMs = story.startMs + producer.cut!.toMs + 300;
      if (producer.unorderedMs === undefined) appendMs = sentMs = Math.max(sentMs + 0.05, appendMs);
      events.push({
        partition: producer.partition ?? Math.floor(random() * story.partitions),
        source: restart === undefined || appendMs < story.startMs + restart.atMs ? first : restarted,
        eventMs: Math.floor(atMs + off),
        appendMs,
      });
    }
  }
  return events.sort((a, b) => a.appendMs - b.appendMs);
}

function sourceOf(name: string, producerId: string | undefined): Source {
  return producerId === undefined ? { kind: 'named', name } : { kind: 'producer', producerId };
}

function isIn(span: Span | undefined, atMs: number): boolean {
  return span !== undefined && span.fromMs <= atMs && atMs < span.toMs;
}

function nameOf(source: Source): string {
  return source.kind === 'named' ? source.name : source.kind === 'producer' ? source.producerId : '';
}
