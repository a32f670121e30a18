import type { Incident } from '../incidents/incident.ts';
import { type Remedy, remediesOf } from '../incidents/remedy.ts';
import { sourceName } from '../source.ts';
import { formatDuration } from './format.ts';

type LineOf = { readonly [K in Remedy['kind']]: (remedy: Extract<Remedy, { readonly kind: K }>) => string };

/** What would have saved its records and what that costs, a line for each remedy, the best one first. */
export function remedyLines(incident: Incident): string[] {
  // Not the field: the store may have incidents from before there was one.
  return remediesOf(incident).map((remedy) => (lines[remedy.kind] as (remedy: Remedy) => string)(remedy));
}

const lines: LineOf = {
  grace: ({ graceMs }) =>
    `A grace of ${formatDuration(graceMs)} would have kept all of them. Its price: what waits for a window to close waits so much longer.`,
  idling: ({ idleMs }) =>
    `Bounded idling of at least ${formatDuration(idleMs)} (max.task.idle.ms of Kafka Streams, maxIdleMs of tidemark/schedule) would have made the task wait for them: nobody else wrote to their partitions meanwhile. Its price: whenever a partition is empty, the whole task waits so long.`,
  scheduler: () =>
    'Event-time order across partitions (tidemark/schedule; Kafka Streams with max.task.idle.ms of 0 or more) would have kept them whatever the grace: they lay on the broker.',
  clock: ({ source, offByMs }) =>
    `Set the clock of ${sourceName(source)} right: it was ${offBy(offByMs.lowMs, offByMs.highMs)}. No grace is right for it: what it takes grows with the error.`,
  upstream: () =>
    'An upstream task that keeps up. Idling would not have helped: the other upstream tasks write to the same partitions, so these are not empty.',
  ownGroup: ({ ageMs }) =>
    `Read old events in a consumer group of their own (tidemark reprocess plan). A grace does not pay: it would keep every window open for ${formatDuration(ageMs)}.`,
};

function offBy(lowMs: number, highMs: number): string {
  return lowMs > 0
    ? `at least ${formatDuration(lowMs)} ahead`
    : `about ${formatDuration(-(lowMs + highMs) / 2)} behind, if it was not the path`;
}
