import { prng } from '../../testbed/src/story/prng.ts';
import { assess, firstAssessment } from '../src/assess/assess.ts';
import type { Assessment } from '../src/assess/assessment.ts';
import { ingest } from '../src/ingest/ingest.ts';
import { createState, type State } from '../src/ingest/state.ts';
import type { Cell, Point, Report } from '../src/report.ts';
import { quietHealth } from './quiet-health.ts';

/** Seeded days of a few sources that speak seldom enough to live through a fortnight in a second: a report and a tick each two minutes. */
export interface Days {
  readonly seed: number;
  readonly days: number;
  /** A report and a tick. */
  readonly everyMs?: number;
  readonly sources: { readonly [name: string]: DaySource };
}

export interface DaySource {
  /** The mean gap between its events at a time, ms since the first midnight; undefined: it has nothing to say. */
  readonly gapMs: (atMs: number) => number | undefined;
  /** Gaps are as long as this share of their mean at least: 0 by chance alone, 1 like a clock. */
  readonly regular?: number;
  /** It is cut off from the broker: what it makes comes in order at the end. */
  readonly cuts?: readonly (readonly [fromMs: number, toMs: number])[];
  /** Only from what this node leads. */
  readonly cutFrom?: number;
  /** It writes to so many partitions of its own, any of them each time; nodes 0 and 1 lead them by turns. */
  readonly partitions?: number;
  /** From then on only to what node 0 leads. */
  readonly movesMs?: number;
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** A Monday, midnight UTC. */
export const mondayMs = Date.UTC(2026, 0, 5);
const gridMs = 60_000;

interface Event {
  readonly name: string;
  readonly partition: number;
  readonly madeMs: number;
  readonly appendMs: number;
}

/** `look` sees each assessment, and answers with the state to go on from; times are since the first midnight. */
export function liveThrough(
  days: Days,
  look: (assessment: Assessment, atMs: number, state: State) => State = (_, __, state) => state,
): { readonly state: State; readonly assessment: Assessment } {
  let state = createState();
  let assessment = firstAssessment(mondayMs);
  const events = eventsOf(days);
  const offsets = new Map<string, number>();
  const lastOf = new Map<string, Point>();
  const { everyMs = 120_000 } = days;
  let streamTimeMs: number | undefined;
  let next = 0;
  let sequence = 0;
  for (let toMs = everyMs; toMs <= days.days * dayMs; toMs += everyMs) {
    const cells = new Map<string, Cell>();
    for (; next < events.length && events[next]!.appendMs < toMs; next++) {
      const event = events[next]!;
      const place = `${event.name} ${event.partition}`;
      const offset = offsets.get(place) ?? 0;
      offsets.set(place, offset + 1);
      const atMs = mondayMs + event.appendMs;
      const point: Point = {
        offset,
        eventMs: mondayMs + event.madeMs,
        append: { lowMs: atMs, highMs: atMs, exact: true },
      };
      const key = `${place} ${Math.floor(event.appendMs / 1000)}`;
      cells.set(key, added(cells.get(key), event, point, lastOf.get(place)));
      lastOf.set(place, point);
      streamTimeMs = Math.max(streamTimeMs ?? 0, point.eventMs);
    }
    ingest(
      state,
      reportOf({ sequence: sequence++, fromMs: toMs - everyMs, toMs, streamTimeMs }, [...cells.values()]),
      mondayMs + toMs,
    );
    assessment = assess(assessment, state, mondayMs + toMs);
    state = look(assessment, toMs, state);
  }
  return { state, assessment };
}

function eventsOf({ seed, days, sources }: Days): Event[] {
  const events: Event[] = [];
  for (const [at, [name, source]] of Object.entries(sources).entries()) {
    const random = prng(seed * 1_000 + at);
    const { regular = 0, cuts = [], cutFrom, partitions = 1, movesMs = Number.POSITIVE_INFINITY } = source;
    const sentMs = [0, 0];
    for (let madeMs = random() * gridMs; madeMs < days * dayMs; ) {
      const meanMs = source.gapMs(madeMs);
      if (meanMs === undefined) {
        madeMs += gridMs * random();
        continue;
      }
      const chosen = Math.floor(random() * partitions);
      const partition = at * 10 + (madeMs < movesMs ? chosen : chosen - (chosen % 2));
      const leader = leaderOf(partition);
      const cut =
        cutFrom === undefined || cutFrom === leader
          ? cuts.find(([fromMs, toMs]) => madeMs >= fromMs && madeMs < toMs)
          : undefined;
      sentMs[leader] = Math.max(sentMs[leader]! + 0.1, cut === undefined ? madeMs + 5 + 20 * random() : cut[1]);
      events.push({ name, partition, madeMs, appendMs: sentMs[leader] });
      madeMs += meanMs * (regular - (1 - regular) * Math.log(1 - random()));
    }
  }
  return events.sort((a, b) => a.appendMs - b.appendMs);
}

function leaderOf(partition: number): number {
  return partition % 2;
}

function added(cell: Cell | undefined, { name, partition }: Event, point: Point, before: Point | undefined): Cell {
  const { eventMs } = point;
  if (cell !== undefined) {
    return {
      ...cell,
      count: cell.count + 1,
      last: point,
      quickest: point,
      maxEventMs: Math.max(cell.maxEventMs, eventMs),
    };
  }
  return {
    topic: 'orders',
    partition,
    source: { kind: 'named', name },
    leader: leaderOf(partition),
    secondMs: Math.floor((point.append.lowMs ?? 0) / 1000) * 1000,
    count: 1,
    first: point,
    last: point,
    quickest: point,
    slowest: point,
    ...(before === undefined ? {} : { gap: { before, after: point } }),
    minEventMs: eventMs,
    maxEventMs: eventMs,
    outOfOrder: 0,
    outOfOrderMaxMs: 0,
  };
}

function reportOf(
  at: { sequence: number; fromMs: number; toMs: number; streamTimeMs: number | undefined },
  cells: Cell[],
): Report {
  const { sequence, fromMs, toMs, streamTimeMs } = at;
  return {
    version: 1,
    agent: { id: 'a', host: 'h', processId: 1, startedMs: mondayMs, version: '0', client: 'simulated' },
    sequence,
    fromMs: mondayMs + fromMs,
    toMs: mondayMs + toMs,
    tasks: [
      {
        id: 't',
        group: 'billing',
        member: 'm',
        policies: [{ id: 'p', window: { kind: 'tumbling', sizeMs: 60_000 }, graceMs: 5_000 }],
        assignments: [],
        fetches: [],
        cells,
        ...(streamTimeMs === undefined ? {} : { streamTimeMs }),
      },
    ],
    clock: { source: 'none', readings: [], steps: [], epoch: 0 },
    health: quietHealth,
  };
}
