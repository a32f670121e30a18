import { between, oneOf, wholeBetween } from './chance.ts';
import {
  backfill,
  brokerOut,
  clock,
  cut,
  cutOfWrongClock,
  cycle,
  drift,
  flap,
  hostClock,
  led,
  pause,
  quietMs,
  rack,
  rebalance,
  slow,
  step,
  unordered,
  upstream,
} from './faults.ts';
import type { Recipe } from './recipe.ts';

/** Several at once, as the known worlds do not have them. */
export const mixed: { readonly [family: string]: Recipe } = {
  'cut-in-broker-outage': {
    needs: { producers: 3, partitions: 3, brokers: 2 },
    make: (draft) => {
      const span = draft.span(draft.outage());
      brokerOut(draft, span);
      draft.add(draft.across(span, draft.outage()), { kind: 'disconnect', producer: draft.some(1)[0]! });
    },
  },
  'cut-of-clock-ahead': { needs: { producers: 3 }, make: (draft) => cutOfWrongClock(draft, step(draft)) },
  'cut-of-clock-behind': { needs: { producers: 3 }, make: (draft) => cutOfWrongClock(draft, -step(draft)) },
  'idle-then-cut': {
    needs: { producers: 3 },
    make: (draft) => {
      const [producer = 0, other = 0] = draft.some(2);
      const [startMs, endMs] = draft.span(draft.outage([100_000, 300_000]));
      const wakesMs = between(draft.chance, startMs + 1000, endMs - 0.3 * (endMs - startMs));
      draft.add([startMs - 60_000, wakesMs], { kind: 'idle', producer });
      draft.add([startMs, endMs], { kind: 'disconnect', producer });
      draft.add([startMs, endMs + 30_000], { kind: 'idle', producer: other });
    },
  },
  'backfill-in-cut': {
    needs: { producers: 3 },
    make: (draft) => {
      const span = draft.span(draft.outage());
      draft.add(span, { kind: 'disconnect', producer: draft.some(1)[0]! });
      backfill(draft, draft.across(span, between(draft.chance, 20_000, 90_000)));
    },
  },
  'pause-over-cut': {
    needs: { producers: 3 },
    make: (draft) => {
      const span = draft.span(draft.outage());
      draft.add(span, { kind: 'disconnect', producer: draft.some(1)[0]! });
      pause(draft, draft.across(span, draft.outage([30_000, 120_000])));
    },
  },
  'unordered-beside-flapping': {
    needs: { producers: 3, isSteady: true },
    make: (draft) => {
      const [one = 0, other = 0] = draft.some(2);
      unordered(draft, one);
      flap(draft, other);
    },
  },
  'unordered-cut': {
    needs: { producers: 3 },
    make: (draft) => {
      const [producer = 0] = draft.some(1);
      unordered(draft, producer);
      draft.add(draft.span(draft.outage([100_000, 250_000])), { kind: 'disconnect', producer });
    },
  },
  'two-clocks': {
    needs: { producers: 4 },
    make: (draft) => {
      const span = draft.span(between(draft.chance, 120_000, 400_000));
      const [one = 0, other = 0] = draft.some(2);
      clock(draft, step(draft), span, one);
      clock(draft, -step(draft), draft.across(span, between(draft.chance, 120_000, 400_000)), other);
    },
  },
  'restart-in-cut': {
    needs: { producers: 3 },
    make: (draft) => {
      const [producer = 0] = draft.some(1);
      const [startMs, endMs] = draft.span(draft.outage());
      const atMs = between(draft.chance, startMs, endMs);
      draft.add([startMs, endMs], { kind: 'disconnect', producer });
      draft.add([atMs, atMs + 1], { kind: 'restart', producer });
    },
  },
  'crash-in-cut': {
    needs: { producers: 3, isSteady: true },
    make: (draft) => {
      const [producer = 0] = draft.some(1);
      const [startMs, endMs] = draft.span(draft.outage([100_000, 300_000]));
      const atMs = startMs + between(draft.chance, 0.1, 0.5) * (endMs - startMs);
      draft.add([startMs, endMs], { kind: 'disconnect', producer });
      draft.add([atMs, atMs + between(draft.chance, 2000, 10_000)], { kind: 'crash', producer });
    },
  },
  'cut-of-microbatch': {
    needs: { producers: 3 },
    make: (draft) => {
      const [producer = 0, other = 0] = draft.some(2);
      cycle(draft, producer);
      draft.add(draft.span(draft.outage([120_000, 300_000])), { kind: 'disconnect', producer });
      draft.add(draft.span(draft.outage()), { kind: 'disconnect', producer: other });
    },
  },
  'rebalance-in-cut': {
    needs: { producers: 3, partitions: 4, tasks: 2 },
    make: (draft) => {
      const span = draft.span(draft.outage());
      draft.add(span, { kind: 'disconnect', producer: draft.some(1)[0]! });
      rebalance(draft, draft.across(span, between(draft.chance, 20_000, 60_000)));
    },
  },
  'slow-in-cut': {
    needs: { producers: 3, partitions: 2, isSteady: true },
    make: (draft) => {
      const span = draft.span(draft.outage());
      draft.add(span, { kind: 'disconnect', producer: draft.some(1)[0]! });
      slow(draft, draft.across(span, between(draft.chance, 120_000, 300_000)));
    },
  },
  'pause-in-broker-outage': {
    needs: { partitions: 3, brokers: 2, producers: 2 },
    make: (draft) => {
      const span = draft.span(draft.outage());
      brokerOut(draft, span);
      pause(draft, draft.across(span, draft.outage([30_000, 120_000])));
    },
  },
  'backfill-with-clock': {
    needs: { producers: 3 },
    make: (draft) => {
      const span = draft.span(between(draft.chance, 120_000, 400_000));
      clock(draft, oneOf(draft.chance, [-1, 1]) * step(draft), span);
      backfill(draft, draft.across(span, between(draft.chance, 20_000, 90_000)));
    },
  },
  'shuffle-and-cut': {
    needs: { producers: 4, isRepartition: true, isSteady: true },
    make: (draft) => {
      const span = draft.span(between(draft.chance, 150_000, 330_000));
      const [one = 0, other = 0] = draft.some(2);
      upstream(draft, one, span);
      draft.add(draft.across(span, draft.outage()), { kind: 'disconnect', producer: other });
    },
  },
  'host-clock-in-cut': {
    needs: { producers: 3 },
    make: (draft) => {
      const span = draft.span(draft.outage([60_000, 240_000]));
      draft.add(span, { kind: 'disconnect', producer: draft.some(1)[0]! });
      hostClock(draft, oneOf(draft.chance, ['consumer-0', 'broker-0']), draft.across(span, draft.outage()));
    },
  },
  'two-brokers': {
    needs: { producers: 3, partitions: 4, brokers: 3 },
    make: (draft) => {
      const span = draft.span(draft.outage());
      brokerOut(draft, span, 0);
      brokerOut(draft, draft.across(span, draft.outage()), 1);
    },
  },
  'partial-flapping': {
    needs: { producers: 3, partitions: 3, brokers: 2, isSteady: true },
    make: (draft) => {
      const [producer = 0] = draft.some(1);
      flap(draft, producer, led(draft, producer));
    },
  },
  'partial-in-broker-outage': {
    needs: { producers: 3, partitions: 4, brokers: 3 },
    make: (draft) => {
      const span = draft.span(draft.outage());
      const [producer = 0] = draft.some(1);
      brokerOut(draft, span, 0);
      const partitions = draft.producers[producer]!.partitions.filter((p) => draft.partitions[p]!.broker === 1);
      draft.add(draft.across(span, draft.outage()), { kind: 'disconnect', producer, partitions });
    },
  },
  'drift-and-cut': {
    needs: { producers: 3, isSteady: true },
    make: (draft) => {
      drift(draft);
      cut(draft);
    },
  },
  'sparse-cut': {
    needs: { producers: 3 },
    make: (draft) => {
      const [producer = 0] = draft.some(1);
      draft.setSparse(producer);
      draft.add(draft.span(between(draft.chance, 200_000, 500_000)), { kind: 'disconnect', producer });
    },
  },
  'rack-with-clock': {
    needs: { producers: 5 },
    make: (draft) => {
      rack(draft, 2);
      clock(draft, step(draft));
    },
  },
  'cut-twice': {
    needs: { producers: 3 },
    make: (draft) => {
      const [producer = 0] = draft.some(1);
      const firstMs = Math.min(draft.outage(), 250_000);
      const againMs = between(draft.chance, 5_000, 120_000);
      draft.add([quietMs(draft), quietMs(draft) + firstMs], { kind: 'disconnect', producer });
      const startMs = quietMs(draft) + firstMs + againMs;
      draft.add([startMs, Math.min(startMs + draft.outage(), draft.durationMs - 60_000)], {
        kind: 'disconnect',
        producer,
      });
    },
  },
  anything: {
    needs: { producers: 4, partitions: 3, brokers: 2, tasks: 2 },
    make: (draft) => {
      // Each befalls another producer: what happens twice to one is a world of its own.
      const others = draft.some(draft.producers.length);
      const next = (): number => others.pop() ?? 0;
      for (let left = wholeBetween(draft.chance, 2, 4); left > 0; left--) {
        oneOf(draft.chance, [
          () => cut(draft, next()),
          () => cut(draft, next()),
          () => clock(draft, oneOf(draft.chance, [-1, 1]) * step(draft), undefined, next()),
          () => brokerOut(draft, draft.span(draft.outage())),
          () => backfill(draft, draft.span(between(draft.chance, 20_000, 90_000))),
          () => pause(draft, draft.span(draft.outage([30_000, 120_000]))),
          () => draft.add(draft.span(draft.outage()), { kind: 'idle', producer: next() }),
          () => draft.add(draft.span(draft.outage()), { kind: 'crash', producer: next() }),
          () => flap(draft, next()),
        ])();
      }
    },
  },
};
