import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A flight that left New York, and is heard of when it lands: an event that is late by nature. */
export interface Flight {
  readonly departedMs: number;
  readonly landedMs: number;
  readonly origin: string;
  readonly carrier: string;
}

const file = new URL('../../../testdata/flights/nyc-2013.csv.gz', import.meta.url);
const minuteMs = 60_000;

/** In order of landing; their times are whole minutes. */
export function readFlights(): Flight[] {
  const [, ...rows] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  return rows.map((row) => {
    const [departed, landed, origin, carrier] = row.split(',') as [string, string, string, string];
    return { departedMs: Number(departed) * minuteMs, landedMs: Number(landed) * minuteMs, origin, carrier };
  });
}

/** Those that landed on these days of 2013 (UTC), the last one excluded. */
export function landedBetween(flights: readonly Flight[], from: string, until: string): Flight[] {
  const [fromMs, untilMs] = [Date.parse(from), Date.parse(until)];
  return flights.filter(({ landedMs }) => landedMs >= fromMs && landedMs < untilMs);
}
