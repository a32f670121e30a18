/**
 * What a collector would say of a little world in which B is cut off: made from the core's types without any of its
 * folds, so that the page is tested against what the contract allows and not against what one version happens to say.
 */
import type {
  AgentAssessment,
  Assessment,
  Finding,
  Forecast,
  KnownClock,
  SeriesPoint,
  Source,
  TaskAssessment,
  TopicPartition,
  Topology,
} from '@tidemark/core';
import { clockPointsAt } from './story-clocks.ts';
import { assumptionOf, groupOf, groupsOf, leadBoundOf } from './story-groups.ts';
import { incidentsOf, suspicionOf } from './story-incidents.ts';
import { watermarksAt } from './story-topology.ts';

export const named = (name: string): Source => ({ kind: 'named', name });

export interface Story {
  /** The end of what has happened: the collector's now. */
  readonly nowMs: number;
  /** B is cut off `sinceS` seconds before now, and back after `forS`; undefined: it is still away. */
  readonly cut?: { readonly sinceS: number; readonly forS?: number };
  /** A third producer's clock jumps ahead this long ago. */
  readonly ahead?: { readonly sinceS: number; readonly byMs: number };
  readonly tasks?: number;
  /** All of them are of one group. */
  readonly isOneGroup?: boolean;
  readonly partitions?: number;
  readonly historyS?: number;
  readonly clocks?: readonly KnownClock[];
  readonly findings?: readonly Finding[];
  readonly topology?: Topology;
  /** What B's silence costs, while it is away, if it is a cut. */
  readonly forecast?: Forecast;
  /** No record is late but for the cut and the clock. */
  readonly quiet?: boolean;
}

/** Of B while it is away: nothing is lost yet, or some. */
export function forecastOf(awayS: number): Forecast {
  const held = awayS * perSecond;
  const policy = { policy: 'tumbling 5s grace 5s', graceMs };
  return {
    sources: [named('B')],
    leadMs: awayS * 1000,
    perSecond,
    heldRecords: held,
    policies: [
      {
        ...policy,
        lostRecords: Math.max(0, held - 7 * perSecond),
        firstLostInMs: Math.max(0, 7_000 - awayS * 1000),
      },
    ],
  };
}

/** What each producer makes in a second. */
export const perSecond = 40;
export const graceMs = 5_000;

export function assessmentOf(story: Story): Assessment {
  const { nowMs } = story;
  const tasks = Array.from({ length: story.tasks ?? 1 }, (_, index) => taskOf(story, index));
  const incidents = incidentsOf(story);
  return {
    nowMs,
    tick: Math.round(nowMs / 1000),
    agents: [agentOf(story)],
    tasks,
    groups: groupsOf(tasks),
    hosts: [
      {
        host: 'orders-eu-1',
        source: 'chrony 127.0.0.1:323',
        offset: { lowMs: -0.41, highMs: 0.62 },
        readAtMs: nowMs - 4_000,
        steps: [],
      },
      { host: 'orders-eu-2', source: 'none (no NTP server configured, no chrony on 127.0.0.1:323)', steps: [] },
    ],
    clocks: story.clocks ?? [],
    producers: [],
    findings: story.findings ?? [],
    incidents,
    revisedFromMs: nowMs,
    overflow: {},
    topology: story.topology ?? { nodes: [], edges: [] },
    totals: incidents.map((incident) => ({
      group: 'order-counts',
      topic: 'orders',
      partition: 1,
      verdict: incident.kind,
      late: incident.late.count,
      dropped: incident.dropped[0]?.count ?? 0,
    })),
  };
}

export const emptyAssessment = (nowMs: number): Assessment => ({
  nowMs,
  tick: 1,
  agents: [],
  tasks: [],
  producers: [],
  groups: [],
  hosts: [],
  clocks: [],
  findings: [],
  incidents: [],
  totals: [],
  topology: { nodes: [], edges: [] },
  revisedFromMs: nowMs,
  overflow: {},
});

function agentOf(story: Story): AgentAssessment {
  return {
    identity: {
      id: 'agent-1',
      host: 'orders-eu-1',
      processId: 4711,
      startedMs: story.nowMs - 3_600_000,
      version: '0.1.0',
      client: 'kafkajs 2.2.4',
    },
    lastReportMs: story.nowMs - 400,
    lost: false,
    missedReports: 0,
    health: {
      queuedReports: 0,
      droppedReports: 0,
      records: 288_432,
      redelivered: 0,
      unreadable: {},
      overflow: {},
      errors: 0,
    },
  };
}

/** How far B's last delivered event lies back at an instant: it falls behind while it is cut off, then catches up at once. */
function behindMs(story: Story, atMs: number): number {
  if (story.cut === undefined) return usualMs(atMs);
  const fromMs = story.nowMs - story.cut.sinceS * 1000;
  const toMs = story.cut.forS === undefined ? Number.POSITIVE_INFINITY : fromMs + story.cut.forS * 1000;
  return atMs > fromMs && atMs < toMs ? atMs - fromMs + usualMs(fromMs) : usualMs(atMs);
}

/** Some tens of milliseconds that differ from second to second, the same in every run. */
function usualMs(atMs: number): number {
  return 60 + (((atMs / 1000) * 37) % 90);
}

function aheadMs(story: Story, atMs: number): number {
  return story.ahead && atMs > story.nowMs - story.ahead.sinceS * 1000 ? story.ahead.byMs : 0;
}

export function pointsOf(story: Story, seconds: number = story.historyS ?? 900): SeriesPoint[] {
  const points: SeriesPoint[] = [];
  for (let secondsAgo = seconds; secondsAgo >= 0; secondsAgo -= 1)
    points.push(pointAt(story, story.nowMs - secondsAgo * 1000));
  return points;
}

export function pointAt(story: Story, atMs: number): SeriesPoint {
  const behind = behindMs(story, atMs);
  const ahead = aheadMs(story, atMs);
  const endMs = atMs + 1000;
  const streamTimeMs = endMs - 340 + ahead;
  const burst = burstAt(story, atMs);
  const lateOfAhead = ahead > 0 ? 2 * perSecond : 0;
  const late = {
    ...(burst > 0 ? { producerCutOff: burst } : {}),
    ...(lateOfAhead > 0 ? { clockAhead: lateOfAhead } : {}),
    ...(story.quiet ? {} : truly(atMs)),
  };
  const dropped = {
    ...(burst > 0 ? { producerCutOff: Math.round(burst * 0.8) } : {}),
    ...(lateOfAhead > 0 ? { clockAhead: perSecond } : {}),
  };
  const sources = [
    { key: 'n:A', name: 'A', eventMs: endMs - usualMs(atMs + 13_000) / 2 },
    { key: 'n:B', name: 'B', eventMs: endMs - behind },
    ...(story.ahead ? [{ key: 'n:C', name: 'C', eventMs: endMs - 50 + ahead }] : []),
  ];
  const isKnown = atMs < story.nowMs - 2_000 && !(story.cut && story.cut.forS === undefined && behind > 500);
  return {
    atMs,
    tasks: Array.from({ length: Math.min(story.tasks ?? 1, 50) }, (_, index) => ({
      id: taskId(index),
      streamTimeMs,
      trueStreamTimeMs: endMs - behind - 390,
      trueStreamTimeBound: {
        lowMs: endMs - behind - (isKnown ? 490 : 1_640),
        highMs: isKnown ? endMs - behind - 350 : endMs,
      },
      hindsight: isKnown,
      sources,
      lateByVerdict: index === 0 ? late : {},
      droppedByVerdict: index === 0 ? dropped : {},
    })),
    hosts: [
      {
        host: 'orders-eu-1',
        lowMs: -0.41 + Math.sin(atMs / 40_000) * 0.08,
        highMs: 0.62 + Math.cos(atMs / 50_000) * 0.1,
      },
      { host: 'orders-eu-2' },
    ],
    ...(story.topology === undefined ? {} : { watermarks: watermarksAt(story.topology, atMs) }),
    ...(story.clocks !== undefined && atMs % 10_000 === 0 ? { clocks: clockPointsAt(story.clocks, atMs) } : {}),
  };
}

/** B's buffer, over the two seconds after its return. */
function burstAt(story: Story, atMs: number): number {
  if (story.cut?.forS === undefined) return 0;
  const sinceReturnMs = atMs - (story.nowMs - story.cut.sinceS * 1000 + story.cut.forS * 1000);
  const buffered = story.cut.forS * perSecond;
  if (sinceReturnMs >= 0 && sinceReturnMs < 1000) return Math.round(buffered * 0.65);
  return sinceReturnMs >= 1000 && sinceReturnMs < 2000 ? buffered - Math.round(buffered * 0.65) : 0;
}

/** A few records that really are out of order, now and then. */
function truly(atMs: number): { outOfOrderSource?: number; ordinary?: number } {
  const second = Math.round(atMs / 1000);
  return {
    ...(second % 47 < 3 ? { outOfOrderSource: 20 + (second % 7) * 10 } : {}),
    ...(second % 11 === 0 ? { ordinary: 30 } : {}),
  };
}

export const taskId = (index: number): string => (index === 0 ? 'order-counts/member-1' : `service-${index}/member-1`);

function partitionsOf(story: Story): TopicPartition[] {
  return Array.from({ length: story.partitions ?? 4 }, (_, partition) => ({ topic: 'orders', partition }));
}

function taskOf(story: Story, index: number): TaskAssessment {
  const { nowMs } = story;
  const point = pointAt(story, nowMs).tasks[0];
  const away = index === 0 && story.cut !== undefined && story.cut.forS === undefined;
  const buffered = index === 0 ? (story.cut?.forS ?? 0) * perSecond : 0;
  const many = index === 0 ? (story.partitions ?? 4) : 4;
  return {
    id: taskId(index),
    group: groupOf(index, story.isOneGroup),
    agentId: 'agent-1',
    partitions: partitionsOf(story).slice(0, many),
    policies: [{ id: 'tumbling 5s grace 5s', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs }],
    reportedMs: nowMs,
    ...(point?.streamTimeMs === undefined ? {} : { streamTimeMs: point.streamTimeMs }),
    ...(point?.trueStreamTimeMs === undefined ? {} : { trueStreamTimeMs: point.trueStreamTimeMs }),
    ...(point?.trueStreamTimeBound === undefined
      ? {}
      : { trueStreamTimeBound: { ...point.trueStreamTimeBound, basis: 'assumed', assumption: assumptionOf(away) } }),
    leadMs: (point?.streamTimeMs ?? 0) - (point?.trueStreamTimeMs ?? 0),
    leadBound: leadBoundOf(point),
    ...(away ? { heldBackBy: named('B') } : {}),
    ...(away && story.forecast !== undefined ? { forecast: story.forecast } : {}),
    records: 288_432 + index,
    late: buffered + 312 + (index === 0 && story.ahead ? story.ahead.sinceS * 2 * perSecond : 0),
    dropped: [{ policy: 'tumbling 5s grace 5s', count: Math.round(buffered * 0.8) }],
    sources: [
      ...[
        { name: 'A', lastSeenMs: nowMs - 20 },
        { name: 'B', lastSeenMs: away ? nowMs - (story.cut?.sinceS ?? 0) * 1000 : nowMs - 30 },
      ].map(({ name, lastSeenMs }) => ({
        source: named(name),
        partitions: partitionsOf(story).slice(0, 2),
        state: away && name === 'B' ? ('suspectedCut' as const) : ('live' as const),
        ...(away && name === 'B' && story.forecast !== undefined ? { suspicion: suspicionOf(story) } : {}),
        records: 144_216,
        late: name === 'B' ? buffered : 312,
        lastEventMs: lastSeenMs - 80,
        lastSeenMs,
        usualGapMs: 25,
        usualDelayMs: 35,
        arrival: { kind: 'steady' as const, everyMs: 25, recordsPerSecond: perSecond },
        outOfOrderRatio: name === 'B' ? 0 : 0.0042,
      })),
      ...Array.from({ length: many > 20 ? many : 0 }, (_, partition) => ({
        source: { kind: 'partition' as const, topic: 'orders', partition },
        partitions: [{ topic: 'orders', partition }],
        state: 'live' as const,
        records: 577,
        late: 0,
        lastSeenMs: nowMs - 100,
        outOfOrderRatio: 0,
      })),
    ],
  };
}
