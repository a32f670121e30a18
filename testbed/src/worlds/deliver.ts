import { between, type Chance, chanceOf, exponential } from './chance.ts';
import type { Event } from './events.ts';
import { type Fault, faultsOf, type Span, type World } from './world.ts';

/** An event that has come to its partition's leader. */
export interface Append {
  readonly event: Event;
  /** True time. */
  readonly appendMs: number;
  /** The first event of its batch. */
  readonly batch: Event;
  readonly pid: number;
  readonly sequence: number;
}

const hiccupEveryMs = 400_000;
const batchMost = 50;
/** What waited longer was held up, and is sent no faster than the link allows. */
const heldMs = 1000;

/**
 * What a producer sends comes in order per partition, one batch at a time for each leader. What cannot be sent waits: for the
 * producer's network, which hiccups, for its way to the leader, for the leader.
 */
export function deliver(world: World, index: number, events: readonly Event[], faults: readonly Fault[]): Append[] {
  const producer = world.producers[index]!;
  const hiccups = hiccupsOf(chanceOf(world.seed, producer.name, 'hiccups'), world.durationMs);
  const retry = chanceOf(world.seed, producer.name, 'retry')();
  const crashes = faultsOf(faults, 'crash').filter((fault) => fault.producer === index);
  const restarts = faultsOf(faults, 'restart').filter((fault) => fault.producer === index);
  const outages = (partition: number): Span[] => [
    ...faultsOf(faults, 'disconnect')
      .filter((fault) => fault.producer === index && (fault.partitions?.includes(partition) ?? true))
      .flatMap(({ spans }) => spans),
    ...faultsOf(faults, 'broker')
      .filter((fault) => fault.partitions.includes(partition))
      .flatMap(({ spans }) => spans),
  ];
  const births = [...crashes.map(({ spans }) => spans[0]![1]), ...restarts.map(({ spans }) => spans[0]![0])].sort(
    (a, b) => a - b,
  );
  const lifeAt = (atMs: number): number => births.filter((birthMs) => birthMs <= atMs).length;
  const out: Append[] = [];
  const sequences = new Map<string, number>();
  const leaders = new Set(producer.partitions.map((partition) => world.partitions[partition]!.broker));
  for (const leader of leaders) {
    const queues = producer.partitions
      .filter((partition) => world.partitions[partition]!.broker === leader)
      .map((partition) => {
        const waiting = events.filter((event) => event.partition === partition && !isLostAtOnce(event, crashes));
        const chance = chanceOf(world.seed, producer.name, 'backoff', partition);
        const retries = outages(partition).map(([startMs, endMs]): Span => {
          if (producer.isBackingOff !== true) return [startMs, endMs + retry * producer.retryMs];
          const first = waiting.find(({ readyMs }) => readyMs + producer.lingerMs >= startMs);
          return [startMs, triedAgain(first?.readyMs ?? endMs, endMs, chance)];
        });
        return { partition, waiting, next: 0, lastMs: Number.NEGATIVE_INFINITY, retries };
      });
    for (let freeMs = Number.NEGATIVE_INFINITY; ; ) {
      let queue: (typeof queues)[number] | undefined;
      let startMs = Number.POSITIVE_INFINITY;
      for (const one of queues) {
        const head = one.waiting[one.next];
        if (head === undefined) continue;
        const canMs = clear(Math.max(freeMs, head.readyMs + producer.lingerMs), [...hiccups, ...one.retries]);
        // Of several that can start the one that waits longest is sent.
        if (
          canMs < startMs ||
          (queue !== undefined && canMs === startMs && head.readyMs < queue.waiting[queue.next]!.readyMs)
        ) {
          [queue, startMs] = [one, canMs];
        }
      }
      if (queue === undefined) break;
      const head = queue.waiting[queue.next]!;
      const batch: Event[] = [];
      while (batch.length < batchMost) {
        const event = queue.waiting[queue.next + batch.length];
        if (event === undefined || event.readyMs > startMs) break;
        batch.push(event);
      }
      const isHeld = startMs - head.readyMs > heldMs + producer.lingerMs;
      const takesMs = isHeld ? (1000 * batch.length) / producer.drainPerS : 0;
      const wireMs = producer.wireMs * (1 - Math.log(1 - head.luck)) + (producer.isNoisy ? noise(head.luck) : 0);
      const comesMs = startMs + takesMs + wireMs;
      const cut = queue.retries.find(([fromMs]) => fromMs > startMs && fromMs <= comesMs);
      if (cut !== undefined) {
        // It is tried again when the way is free: other partitions of the leader may go on meanwhile.
        freeMs = Math.max(freeMs, cut[0]);
        continue;
      }
      queue.next += batch.length;
      freeMs = startMs + takesMs;
      const appendMs = Math.max(comesMs, queue.lastMs);
      queue.lastMs = appendMs;
      const life = lifeAt(startMs);
      const pid = producer.pids[Math.min(life, producer.pids.length - 1)]!;
      for (const event of batch) {
        if (isLost(event, appendMs, crashes)) continue;
        const key = `${life}/${queue.partition}`;
        const sequence = pid === -1 ? -1 : (sequences.get(key) ?? 0);
        sequences.set(key, sequence + 1);
        out.push({ event, appendMs, batch: head, pid, sequence });
      }
    }
  }
  return out;
}

const firstRetryMs = 300;
const longestRetryMs = 30_000;

/** When the first try after the outage is: each comes twice as long after the one before, a fifth more or less. */
function triedAgain(firstMs: number, endMs: number, chance: Chance): number {
  let at = firstMs;
  for (
    let waitMs = firstRetryMs;
    at < endMs;
    waitMs = Math.min(longestRetryMs, 2 * waitMs * between(chance, 0.8, 1.2))
  ) {
    at += waitMs;
  }
  return at;
}

function noise(luck: number): number {
  return 600 - 500 * Math.log(1 - ((luck * 7919) % 1));
}

/** The first moment from then on that lies in none of the spans. */
function clear(atMs: number, spans: readonly Span[]): number {
  let now = atMs;
  for (;;) {
    const block = spans.find(([startMs, endMs]) => now >= startMs && now < endMs);
    if (block === undefined) return now;
    now = block[1];
  }
}

function hiccupsOf(chance: Chance, durationMs: number): Span[] {
  const out: Span[] = [];
  for (let at = exponential(chance, hiccupEveryMs); at < durationMs; at += exponential(chance, hiccupEveryMs)) {
    out.push([at, at + 200 + 2300 * chance() ** 2]);
  }
  return out;
}

function isLostAtOnce(event: Event, crashes: readonly Fault[]): boolean {
  return crashes.some(({ spans }) => event.createdMs >= spans[0]![0] && event.createdMs < spans[0]![1]);
}

/** It was still held when the process ended. */
function isLost(event: Event, appendMs: number, crashes: readonly Fault[]): boolean {
  return crashes.some(({ spans }) => event.readyMs < spans[0]![0] && appendMs >= spans[0]![0]);
}
