import { between, magnitude } from './chance.ts';
import {
  backfill,
  brokerOut,
  clock,
  cut,
  cycle,
  drift,
  flap,
  hostClock,
  led,
  pause,
  rack,
  rebalance,
  slow,
  step,
  unordered,
  upstream,
} from './faults.ts';
import type { Recipe } from './recipe.ts';
import type { Span } from './world.ts';

/** One fault each, or a look-alike: such worlds are known. */
export const single: { readonly [family: string]: Recipe } = {
  calm: { make: () => undefined },
  'calm-streams': { needs: { topics: 2 }, make: () => undefined },
  disconnect: { needs: { producers: 2 }, make: (draft) => cut(draft) },
  'disconnect-short': {
    needs: { producers: 2, isSteady: true },
    make: (draft) => {
      for (const producer of draft.some(2)) {
        draft.add(draft.span(between(draft.chance, 8_000, 15_000)), { kind: 'disconnect', producer });
      }
    },
  },
  'disconnect-streams': { needs: { topics: 2, producers: 4 }, make: (draft) => cut(draft) },
  'disconnect-slow-drain': {
    needs: { producers: 2 },
    make: (draft) => {
      const [producer = 0] = draft.some(1);
      draft.setSlowDrain(producer);
      draft.add(draft.span(draft.outage()), { kind: 'disconnect', producer });
    },
  },
  rack: { needs: { producers: 4 }, make: (draft) => rack(draft, 3) },
  overlap: {
    needs: { producers: 4 },
    make: (draft) => {
      const span = draft.span(draft.outage());
      const [first = 0, ...others] = draft.some(3);
      draft.add(span, { kind: 'disconnect', producer: first });
      for (const producer of others) draft.add(draft.across(span, draft.outage()), { kind: 'disconnect', producer });
    },
  },
  flapping: { needs: { producers: 2, isSteady: true }, make: (draft) => flap(draft, draft.some(1)[0]!) },
  partial: {
    needs: { producers: 3, partitions: 3, brokers: 2 },
    make: (draft) => {
      const [producer = 0] = draft.some(1);
      draft.add(draft.span(draft.outage()), { kind: 'disconnect', producer, partitions: led(draft, producer) });
    },
  },
  'all-down': {
    needs: { producers: 2 },
    make: (draft) => {
      const [startMs, endMs] = draft.span(draft.outage([60_000, 90_000]));
      for (const producer of draft.producers.keys()) {
        const span: Span = [startMs + between(draft.chance, -8000, 8000), endMs + between(draft.chance, -4000, 4000)];
        if (span[1] - span[0] > 1000) draft.add(span, { kind: 'disconnect', producer });
      }
    },
  },
  idle: {
    make: (draft) => {
      for (const producer of draft.some(2)) draft.add(draft.span(draft.outage()), { kind: 'idle', producer });
    },
  },
  'idle-sparse': {
    needs: { producers: 3 },
    make: (draft) => {
      const [one = 0, two = 0, three = 0] = draft.some(3);
      draft.setSparse(one);
      draft.setSparse(two);
      draft.add(draft.span(draft.outage()), { kind: 'idle', producer: three });
    },
  },
  'never-back': {
    needs: { producers: 3 },
    make: (draft) => {
      const [gone = 0, quiet = 0] = draft.some(2);
      const atMs = between(draft.chance, 0.5, 0.8) * draft.durationMs;
      draft.add([atMs, Number.POSITIVE_INFINITY], { kind: 'disconnect', producer: gone });
      draft.add([atMs - 50_000, draft.durationMs], { kind: 'idle', producer: quiet });
    },
  },
  crash: {
    needs: { producers: 2 },
    make: (draft) => {
      for (const producer of draft.some(2)) draft.add(draft.span(draft.outage()), { kind: 'crash', producer });
    },
  },
  'clock-behind': { needs: { producers: 2 }, make: (draft) => clock(draft, -step(draft)) },
  'clock-ahead': { needs: { producers: 2 }, make: (draft) => clock(draft, step(draft)) },
  'clock-blip': {
    needs: { producers: 2 },
    make: (draft) => clock(draft, magnitude(draft.chance, 60_000, 900_000), draft.span(3000)),
  },
  'clock-drift': { needs: { producers: 2, isSteady: true }, make: (draft) => drift(draft) },
  backfill: {
    needs: { producers: 2 },
    make: (draft) => backfill(draft, draft.span(between(draft.chance, 20_000, 120_000))),
  },
  unordered: { needs: { producers: 2 }, make: (draft) => unordered(draft, draft.some(1)[0]!) },
  broker: { needs: { partitions: 3, brokers: 2 }, make: (draft) => brokerOut(draft, draft.span(draft.outage())) },
  pause: { needs: { partitions: 2 }, make: (draft) => pause(draft, draft.span(draft.outage([60_000, 150_000]))) },
  rebalance: {
    needs: { partitions: 4, tasks: 2 },
    make: (draft) => rebalance(draft, draft.span(between(draft.chance, 20_000, 60_000))),
  },
  slow: {
    needs: { partitions: 2, isSteady: true },
    make: (draft) => slow(draft, draft.span(between(draft.chance, 120_000, 350_000))),
  },
  shuffle: {
    needs: { producers: 3, isRepartition: true, isSteady: true },
    make: (draft) => upstream(draft, draft.some(1)[0]!, draft.span(between(draft.chance, 150_000, 330_000))),
  },
  anonymous: { needs: { pids: 'alone', partitions: 3 }, make: (draft) => cut(draft) },
  'anonymous-shared': { needs: { pids: 'shared', partitions: 2, producers: 5 }, make: (draft) => cut(draft) },
  microbatch: {
    needs: { producers: 3 },
    make: (draft) => {
      for (const producer of draft.some(2)) cycle(draft, producer);
    },
  },
  'host-clock': {
    make: (draft) => {
      hostClock(draft, 'consumer-0');
      hostClock(draft, 'broker-0');
    },
  },
};
