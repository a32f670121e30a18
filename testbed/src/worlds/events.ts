import { type Chance, chanceOf, exponential, normal } from './chance.ts';
import type { Clock } from './clock.ts';
import { type Delay, type Fault, faultsOf, isWithin, type Process, type Producer, type World } from './world.ts';

/** What a producer has to say. Its number is the same in all runs of a world. */
export interface Event {
  readonly producer: number;
  readonly number: number;
  readonly partition: number;
  /** When it happened. */
  readonly createdMs: number;
  /** What its producer's clock said then. */
  readonly eventMs: number;
  /** When it is handed to the producer. */
  readonly readyMs: number;
  /** A number of its own, for what happens to it on its way. */
  readonly luck: number;
}

export function eventsOf(world: World, index: number, faults: readonly Fault[], clock: Clock): Event[] {
  const producer = world.producers[index]!;
  const of = (what: string): Chance => chanceOf(world.seed, producer.name, what);
  const place = placeOf(producer, of('weights'), of('partition'));
  const luck = of('luck');
  const delay = faultsOf(faults, 'unordered').find((fault) => fault.producer === index)?.delay ?? producer.delay;
  const held = delayOf(delay, of('delay'), world.durationMs);
  const idle = faultsOf(faults, 'idle').filter((fault) => fault.producer === index);
  const isReplay = producer.process.kind === 'replay';
  const replay = faultsOf(faults, 'backfill').find((fault) => fault.producer === index)?.spans[0];
  if (isReplay && replay === undefined) return [];
  const out: Event[] = [];
  let number = 0;
  for (const atMs of momentsOf(producer.process, of('process'), replay ?? [0, world.durationMs])) {
    const createdMs = isReplay ? replayed(producer.process, atMs, replay!) : atMs;
    const event: Event = {
      producer: index,
      number: number++,
      partition: place(),
      createdMs,
      eventMs: Math.round(createdMs + (isReplay ? 0 : clock(createdMs))),
      readyMs: isReplay ? atMs : held(createdMs),
      luck: luck(),
    };
    if (!idle.some(({ spans }) => isWithin(spans, createdMs))) out.push(event);
  }
  out.sort((a, b) => a.readyMs - b.readyMs || a.createdMs - b.createdMs);
  return throttled(
    out,
    faultsOf(faults, 'upstream').filter((fault) => fault.producer === index),
  );
}

function* momentsOf(process: Process, chance: Chance, [startMs, endMs]: readonly [number, number]): Generator<number> {
  if (process.kind === 'periodic') {
    for (let at = chance() * process.everyMs; at < endMs; at += process.everyMs) {
      yield at + (chance() - 0.5) * 2 * process.jitterMs;
    }
  } else if (process.kind === 'bursty') {
    const phaseMs = chance() * (process.onMs + process.offMs);
    for (let at = 0; ; ) {
      at += exponential(chance, 1000 / process.rate);
      if (at >= endMs) return;
      const isOn = (at + phaseMs) % (process.onMs + process.offMs) < process.onMs;
      if (chance() < (isOn ? 1 : process.lowRate / process.rate)) yield at;
    }
  } else {
    for (let at = startMs + exponential(chance, 1000 / process.rate); at < endMs; ) {
      yield at;
      at += exponential(chance, 1000 / process.rate);
    }
  }
}

/** The old event that is sent at a moment of the backfill. */
function replayed(process: Process, atMs: number, [startMs, endMs]: readonly [number, number]): number {
  if (process.kind !== 'replay') return atMs;
  return process.fromMs + ((atMs - startMs) / (endMs - startMs)) * (process.toMs - process.fromMs);
}

/** Keys are not spread evenly: a partition may get several times what another does. */
function placeOf({ partitions }: Producer, weigh: Chance, chance: Chance): () => number {
  const weights = partitions.map(() => 0.2 + weigh());
  const sum = weights.reduce((a, b) => a + b, 0);
  return () => {
    let left = chance() * sum;
    return partitions[weights.findIndex((weight) => (left -= weight) < 0)] ?? partitions[0]!;
  };
}

/** When an event is handed over. */
function delayOf(delay: Delay, chance: Chance, durationMs: number): (createdMs: number) => number {
  const returns = delay.kind === 'devices' ? devicesOf(delay, chance, durationMs) : [];
  return (createdMs) => {
    switch (delay.kind) {
      case 'none':
        return createdMs;
      case 'lognormal':
        return createdMs + delay.medianMs * Math.exp(delay.sigma * normal(chance));
      case 'pareto':
        return createdMs + Math.min(delay.maxMs, delay.scaleMs * ((1 - chance()) ** (-1 / delay.alpha) - 1));
      case 'cycle':
        return delay.phaseMs + Math.ceil((createdMs - delay.phaseMs) / delay.everyMs) * delay.everyMs;
      case 'lag':
        return createdMs + delay.ms + exponential(chance, delay.jitterMs);
      case 'devices':
        return returns[Math.floor(chance() * returns.length)]!(createdMs);
    }
  };
}

/** For each device, when it next has a network. */
function devicesOf(delay: Delay & { kind: 'devices' }, chance: Chance, durationMs: number) {
  return Array.from({ length: delay.devices }, () => {
    const gaps: [number, number][] = [];
    for (let at = -delay.onMs * chance(); at < durationMs; ) {
      const offAt = at + exponential(chance, delay.onMs);
      at = offAt + exponential(chance, delay.offMs);
      gaps.push([offAt, at]);
    }
    return (createdMs: number): number =>
      gaps.find(([offAt, onAt]) => createdMs >= offAt && createdMs < onAt)?.[1] ?? createdMs;
  });
}

/** An upstream task that is too slow while the fault lasts, and catches up after. */
function throttled(events: readonly Event[], faults: readonly (Fault & { kind: 'upstream' })[]): Event[] {
  if (faults.length === 0) return [...events];
  let freeMs = Number.NEGATIVE_INFINITY;
  return events.map((event) => {
    const slow = faults.find(({ spans }) => isWithin(spans, Math.max(freeMs, event.readyMs)));
    const wasHeld = freeMs > event.readyMs;
    const takesMs = slow !== undefined ? 1000 / slow.rate : wasHeld ? 1000 / faults[0]!.catchUpRate : 0;
    const readyMs = Math.max(freeMs, event.readyMs) + takesMs;
    freeMs = readyMs;
    return { ...event, readyMs };
  });
}
