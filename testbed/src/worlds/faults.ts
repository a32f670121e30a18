import { between, magnitude, oneOf, wholeBetween } from './chance.ts';
import { type Draft, rateOf } from './draft.ts';
import type { Delay, Span } from './world.ts';

export function quietMs(draft: Draft): number {
  return 0.3 * draft.durationMs;
}

export function cut(draft: Draft, producer: number = draft.some(1)[0]!): void {
  draft.add(draft.span(draft.outage()), { kind: 'disconnect', producer });
}

export function rack(draft: Draft, count: number): void {
  const span = draft.span(draft.outage());
  for (const producer of draft.some(count)) draft.add(span, { kind: 'disconnect', producer });
}

export function flap(draft: Draft, producer: number, partitions?: readonly number[]): void {
  const { chance } = draft;
  const [startMs] = draft.span(300_000);
  const spans: Span[] = [];
  for (let at = startMs, left = wholeBetween(chance, 4, 9); left > 0; left--) {
    const endMs = at + between(chance, 8_000, 30_000);
    spans.push([at, endMs]);
    at = endMs + between(chance, 5_000, 15_000);
  }
  draft.add(spans, { kind: 'disconnect', producer, ...(partitions && { partitions }) });
}

/** What a producer writes to one leader, of several. */
export function led(draft: Draft, producer: number): number[] {
  const { partitions } = draft.producers[producer]!;
  const leader = draft.partitions[partitions[0]!]!.broker;
  return partitions.filter((partition) => draft.partitions[partition]!.broker === leader);
}

export function step(draft: Draft): number {
  return draft.range === 'wide' ? magnitude(draft.chance, 1500, 3_600_000) : magnitude(draft.chance, 4000, 300_000);
}

export function clock(draft: Draft, stepMs: number, span?: Span, producer: number = draft.some(1)[0]!): void {
  const { host } = draft.producers[producer]!;
  draft.add(span ?? draft.span(between(draft.chance, 120_000, 500_000)), { kind: 'clock', host, stepMs, driftPpm: 0 });
}

export function drift(draft: Draft): void {
  const { host } = draft.producers[draft.some(1)[0]!]!;
  const driftPpm = oneOf(draft.chance, [-1, 1]) * magnitude(draft.chance, 8_000, 30_000);
  draft.add(draft.span(600_000), { kind: 'clock', host, stepMs: 0, driftPpm });
}

export function cutOfWrongClock(draft: Draft, stepMs: number): void {
  const [producer = 0] = draft.some(1);
  const span = draft.span(between(draft.chance, 200_000, 500_000));
  clock(draft, stepMs, span, producer);
  draft.add(draft.across(span, draft.outage()), { kind: 'disconnect', producer });
}

export function backfill(draft: Draft, span: Span): void {
  const rate = magnitude(draft.chance, 3, draft.range === 'wide' ? 40 : 15);
  const fromMs = -magnitude(draft.chance, 3_600_000, 86_400_000);
  const toMs = fromMs + between(draft.chance, 0.1, 0.8) * -fromMs;
  const producer = draft.addProducer({ rate, process: { kind: 'replay', rate, fromMs, toMs } });
  draft.add(span, { kind: 'backfill', producer });
}

export function unordered(draft: Draft, producer: number): void {
  const { chance } = draft;
  const delay: Delay = oneOf(chance, [
    { kind: 'lognormal', medianMs: between(chance, 700, 1500), sigma: between(chance, 0.8, 1.5) },
    { kind: 'pareto', scaleMs: between(chance, 700, 1500), alpha: between(chance, 1, 1.4), maxMs: 900_000 },
    { kind: 'devices', devices: 60, onMs: 240_000, offMs: between(chance, 40_000, 120_000) },
  ]);
  draft.add([0, draft.durationMs], { kind: 'unordered', producer, delay });
}

export function brokerOut(draft: Draft, span: Span, broker = 0): void {
  const partitions = draft.partitions.filter((partition) => partition.broker === broker).map(({ id }) => id);
  draft.add(span, { kind: 'broker', partitions, isUnfetchable: draft.chance() < 0.7 });
}

export function pause(draft: Draft, span: Span): void {
  draft.add(span, { kind: 'pause', task: wholeBetween(draft.chance, 0, draft.tasks.length - 1) });
}

export function rebalance(draft: Draft, span: Span): void {
  const from = draft.tasks.length - 1;
  draft.add(span, { kind: 'rebalance', partition: draft.tasks[from]!.partitions[0]!, from, to: 0 });
}

export function slow(draft: Draft, span: Span): void {
  const partition = wholeBetween(draft.chance, 0, draft.partitions.length - 1);
  const inflow = draft.producers
    .filter(({ partitions }) => partitions.includes(partition))
    .reduce((sum, { process, partitions }) => sum + rateOf(process) / partitions.length, 0);
  draft.add(span, { kind: 'slow', partition, rate: inflow * between(draft.chance, 0.2, 0.5) });
}

export function upstream(draft: Draft, producer: number, span: Span): void {
  const rate = rateOf(draft.producers[producer]!.process);
  const slowRate = rate * between(draft.chance, 0.4, 0.75);
  draft.add(span, { kind: 'upstream', producer, rate: slowRate, catchUpRate: 8 * rate });
}

export function cycle(draft: Draft, producer: number): void {
  const everyMs = between(draft.chance, 15_000, 60_000);
  draft.setDelay(producer, { kind: 'cycle', everyMs, phaseMs: everyMs * draft.chance() });
}

export function hostClock(
  draft: Draft,
  host: string,
  span: Span = draft.span(between(draft.chance, 200_000, 400_000)),
): void {
  const stepMs = oneOf(draft.chance, [-1, 1]) * magnitude(draft.chance, 1500, 60_000);
  draft.add(span, { kind: 'hostClock', host, stepMs });
}
