import { dialects } from '@tidemark/core';
import { compare } from '../compare.ts';
import type { Mismatch } from '../mismatch.ts';
import { InputFault, integer, list, noOther, object, oneOf, optionalInteger, text } from './read.ts';

type Row = readonly [stream: string, partition: number, offset: number];

interface Arrival {
  readonly at: number;
  readonly envelope: dialects.samza.Envelope;
}

/** `samza`, kind `chooser`: messages become available, and a choice is made again and again. */
export function judgeSamza(content: Record<string, unknown>): Mismatch[] {
  const spec = object(content.spec, 'spec');
  noOther(spec, 'spec', ['chooser', 'streams', 'batchSize']);
  const streams = list(spec.streams, 'spec.streams').map((stream, at) => readStream(stream, `spec.streams[${at}]`));
  const batchSize = optionalInteger(spec.batchSize, 'spec.batchSize');
  const chooser =
    oneOf(spec.chooser, 'spec.chooser', ['roundRobin', 'default']) === 'roundRobin'
      ? new dialects.samza.RoundRobinChooser()
      : dialects.samza.defaultChooser(streams, batchSize !== undefined && batchSize > 0 ? batchSize : undefined);
  const script = object(content.script, 'script');
  const arrivals = readArrivals(script.arrivals, streams);
  const choices = integer(script.choices, 'script.choices', 0);
  return compare(content.expected, { steps: choose(chooser, arrivals, choices) }, 'expected', new Set());
}

/** The chooser holds at most one message per partition; right after a choice it gets the next of the same partition. */
function choose(chooser: dialects.samza.Chooser, arrivals: readonly Arrival[], choices: number): unknown[] {
  const waiting = new Map<string, dialects.samza.Envelope[]>();
  const held = new Set<string>();
  const idOf = ({ stream, partition }: dialects.samza.Envelope): string => `${partition} ${stream}`;
  let updates: Row[] = [];
  const offer = (id: string): void => {
    const next = held.has(id) ? undefined : waiting.get(id)?.shift();
    if (next === undefined) return;
    held.add(id);
    updates.push([next.stream, next.partition, next.offset]);
    chooser.update(next);
  };
  let arrived = 0;
  let last: string | undefined;
  return Array.from({ length: choices }, (_, choice) => {
    updates = [];
    if (last !== undefined) offer(last);
    for (; arrived < arrivals.length && arrivals[arrived]!.at <= choice; arrived++) {
      const { envelope } = arrivals[arrived]!;
      const id = idOf(envelope);
      waiting.set(id, [...(waiting.get(id) ?? []), envelope]);
      offer(id);
    }
    const chosen = chooser.choose();
    last = chosen && idOf(chosen);
    if (last !== undefined) held.delete(last);
    return { choice, updates, chosen: chosen ? [chosen.stream, chosen.partition, chosen.offset] : null };
  });
}

function readStream(value: unknown, where: string): dialects.samza.InputStream {
  const fields = object(value, where);
  noOther(fields, where, ['stream', 'partitions', 'bootstrap', 'priority', 'start', 'newest']);
  const partitions = integer(fields.partitions, `${where}.partitions`, 1);
  const offsets = (name: string): (number | undefined)[] =>
    list(fields[name] ?? [], `${where}.${name}`).map((offset, at) =>
      offset === null ? undefined : integer(offset, `${where}.${name}[${at}]`, 0),
    );
  return {
    stream: text(fields.stream, `${where}.stream`),
    partitions,
    bootstrap: fields.bootstrap === true,
    priority: optionalInteger(fields.priority, `${where}.priority`),
    start: offsets('start'),
    newest: offsets('newest'),
  };
}

/** Offsets run on from where a bootstrap stream starts, unless the script says otherwise. */
function readArrivals(value: unknown, streams: readonly dialects.samza.InputStream[]): Arrival[] {
  const nextOffset = new Map<string, number>();
  return list(value, 'script.arrivals').map((item, i) => {
    const where = `script.arrivals[${i}]`;
    const fields = object(item, where);
    noOther(fields, where, ['at', 'ssp', 'offset']);
    const [name, number] = list(fields.ssp, `${where}.ssp`);
    const stream = text(name, `${where}.ssp[0]`);
    const partition = integer(number, `${where}.ssp[1]`, 0);
    const known = streams.find((one) => one.stream === stream);
    if (!known || partition >= known.partitions)
      throw new InputFault(`${where}.ssp`, 'a partition of a known stream', fields.ssp);
    const id = `${partition} ${stream}`;
    const due = nextOffset.get(id) ?? known.start[partition] ?? 0;
    const offset = optionalInteger(fields.offset, `${where}.offset`, due) ?? due;
    nextOffset.set(id, offset + 1);
    return { at: integer(fields.at, `${where}.at`, 0), envelope: { stream, partition, offset } };
  });
}
