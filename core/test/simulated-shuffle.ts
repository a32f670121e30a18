import type { Pipeline } from './simulated-pipeline.ts';

/** One event in each of these partitions of `orders`, now. */
export function events(pipeline: Pipeline, ...partitions: number[]): void {
  for (const partition of partitions) pipeline.append('orders', partition, pipeline.nowMs);
}

export const orders = [0, 1].map((partition) => ['orders', partition] as const);

/** Two tasks of `billing` shuffle orders to two tasks that are followed as stage `by-user`. */
export function shuffle(pipeline: Pipeline) {
  const by = 'billing-by-user-repartition';
  const writes = ({ eventMs }: { eventMs: number }) => [by, (eventMs / 100) % 2] as const;
  return {
    up: [0, 1].map((n) =>
      pipeline.start({ group: 'billing', member: `up${n}`, reads: [orders[n]!], writes, isSeenToProduce: false }),
    ),
    down: [0, 1].map((n) => pipeline.start({ group: 'billing', member: `down${n}`, reads: [[by, n]] })),
    by,
    id: 'billing/by-user',
  };
}
