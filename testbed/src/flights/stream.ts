import type { Header, Line, Trace } from '../scenarios/trace.ts';
import type { Flight } from './flights.ts';

/** Who writes what was heard of: each carrier its own flights, one for all of them, or nobody who gives a name. */
export type Writers = 'carriers' | 'one' | 'nameless';

export interface StreamOptions {
  /** How many times faster than it was the clock runs: with 24 a day passes in an hour. */
  readonly speed: number;
  readonly writers: Writers;
}

const pollMs = 1_000;
const readingEveryMs = 60_000;
const firstProducerId = 1_000;

/**
 * The stream of the flights' departures, a partition for each airport, appended when they land, as agents beside a consumer see it:
 * fetches each second, records as they were written, now and then a reading of the clock. All clocks are right.
 */
export function streamOf(flights: readonly Flight[], { speed, writers }: StreamOptions): Trace {
  const startMs = flights[0]!.landedMs;
  const at = (ms: number): number => (ms - startMs) / speed;
  const origins = [...new Set(flights.map(({ origin }) => origin))].sort();
  const carriers = [...new Set(flights.map(({ carrier }) => carrier))].sort();
  const producerId = {
    carriers: (carrier: string) => firstProducerId + carriers.indexOf(carrier),
    one: () => firstProducerId,
    nameless: () => -1,
  };
  const appends = appendTimes(flights).map(at);
  const durationMs = Math.ceil(appends.at(-1)!) + 2 * pollMs;
  const header: Header = {
    scenario: `flights-${speed}-${writers}`,
    epochMs: startMs,
    durationMs,
    topics: [{ name: 'departures', timestampType: 'CreateTime' }],
    partitions: origins.map((_, id) => ({ id, topic: 0, number: id, broker: 1 })),
    tasks: [{ id: 0, order: 'arrival', pollMs }],
    policy: { windowMs: Math.round(3_600_000 / speed), graceMs: Math.round(7_200_000 / speed) },
  };
  const lines: Line[] = [['a', 0, 0, origins.map((_, id) => id)]];
  const ends = origins.map(() => 0);
  let next = 0;
  for (let nowMs = 0; nowMs <= durationMs; nowMs += pollMs) {
    if (nowMs % readingEveryMs === 0) lines.push(['n', nowMs, 0, 0, 1_000]);
    const from = [...ends];
    const records: Line[] = [];
    for (; next < flights.length && appends[next]! < nowMs; next++) {
      const { origin, carrier, departedMs } = flights[next]!;
      const partition = origins.indexOf(origin);
      const offset = ends[partition]!++;
      const pid = producerId[writers](carrier);
      records.push(['r', nowMs + 1, 0, partition, offset, offset, Math.round(at(departedMs)), null, nowMs, pid, -1]);
    }
    const answers = origins.map((_, id): [number, number, number, number] => [
      id,
      ends[id]!,
      from[id]!,
      ends[id]! - from[id]!,
    ]);
    lines.push(['f', nowMs, nowMs - pollMs / 2, 0, answers], ...records);
  }
  return { header, lines };
}

/** Of those that landed in the same minute nobody knows when in it: evenly. */
function appendTimes(flights: readonly Flight[]): number[] {
  const inMinute = Map.groupBy(flights, ({ landedMs }) => landedMs);
  return [...inMinute].flatMap(([landedMs, together]) =>
    together.map((_, i) => landedMs + ((i + 1) * 60_000) / (together.length + 1)),
  );
}
