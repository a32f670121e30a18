import { isConfirmed, type VerdictKind } from '@tidemark/core';
import { play } from '../scenarios/play.ts';
import { landedBetween, readFlights } from './flights.ts';
import { type StreamOptions, streamOf } from './stream.ts';

/** What is said of a stream of flights. */
export interface Disorder {
  readonly records: number;
  readonly late: number;
  readonly dropped: number;
  readonly lateBy: { readonly [K in VerdictKind]?: number };
  /** Whatever was confirmed at any tick, by its sentence. That airlines sleep at night is a suspicion at most, and withdrawn. */
  readonly incidents: readonly string[];
}

export interface Run extends StreamOptions {
  readonly from: string;
  readonly until: string;
}

const blizzard = { from: '2013-02-06', until: '2013-02-13', speed: 24 } as const;
const outage = { from: '2013-04-15', until: '2013-04-18', speed: 24 } as const;
const ownPace = { from: '2013-04-16T12:00Z', until: '2013-04-17T00:00Z', speed: 1 } as const;

/** A week with a blizzard, in which nothing flew, and days in which the computers of one airline were down. */
export const runs: readonly (Run & { readonly what: string })[] = [
  { what: 'a blizzard, each carrier writes', ...blizzard, writers: 'carriers' },
  { what: 'a blizzard, one writes for all', ...blizzard, writers: 'one' },
  { what: 'a blizzard, nobody gives a name', ...blizzard, writers: 'nameless' },
  { what: 'an airline’s outage, each carrier writes', ...outage, writers: 'carriers' },
  { what: 'half a day of it, each carrier writes', ...ownPace, writers: 'carriers' },
  { what: 'half a day of it, nobody gives a name', ...ownPace, writers: 'nameless' },
];

export function disorderOf({ from, until, ...options }: Run): Disorder {
  const flights = landedBetween(readFlights(), from, until);
  const said = new Map<string, string>();
  const played = play(streamOf(flights, options), ({ incidents }) => {
    for (const incident of incidents.filter(isConfirmed)) said.set(incident.id, incident.sentence);
  });
  const { totals } = played.last;
  const lateBy: { [K in VerdictKind]?: number } = {};
  for (const { verdict, late } of totals) lateBy[verdict] = (lateBy[verdict] ?? 0) + late;
  return {
    records: flights.length,
    late: played.late.length,
    dropped: played.dropped.length,
    lateBy,
    incidents: [...said.values()],
  };
}
