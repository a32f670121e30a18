import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CombinedInputs, Multiplexer } from './combined-watermark.ts';
import { Source, type SourceOptions } from './source.ts';
import { Valve } from './valve.ts';
import type { WatermarkOutput } from './watermark-output.ts';

function recorded(): { out: WatermarkOutput; seen: (number | string)[] } {
  const seen: (number | string)[] = [];
  return {
    seen,
    out: { watermark: (ms) => seen.push(ms), idle: () => seen.push('idle'), active: () => seen.push('active') },
  };
}

const combiners = {
  Valve: (out: WatermarkOutput) => new Valve(3, out),
  Inputs: (out: WatermarkOutput) => new CombinedInputs(3, out),
};

test.for(['Valve', 'Inputs'] as const)(
  '%s: without idleness the watermark is the minimum over all, once all have one',
  (kind) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(100)), { maxLength: 60 }), (steps) => {
        const { out, seen } = recorded();
        const combined = combiners[kind](out);
        const inputs = [0, 1, 2].map((index) => combined.input(index));
        const highest = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
        const want: number[] = [];
        for (const [index, ms] of steps) {
          inputs[index]!.watermark(ms);
          highest[index] = Math.max(highest[index]!, ms);
          const lowest = Math.min(...highest);
          if (lowest > (want.at(-1) ?? Number.NEGATIVE_INFINITY)) want.push(lowest);
        }
        expect(seen).toEqual(want);
      }),
    );
  },
);

test('with any idleness, watermarks never go back and statuses alternate', () => {
  const step = fc.tuple(fc.constantFrom('watermark', 'idle', 'active'), fc.nat(2), fc.nat(100));
  fc.assert(
    fc.property(
      fc.constantFrom('Valve' as const, 'Inputs' as const),
      fc.array(step, { maxLength: 80 }),
      (kind, steps) => {
        const { out, seen } = recorded();
        const combined = combiners[kind](out);
        const inputs = [0, 1, 2].map((index) => combined.input(index));
        for (const [op, index, ms] of steps) {
          if (op === 'watermark') inputs[index]!.watermark(ms);
          else inputs[index]![op as 'idle' | 'active']();
        }
        const watermarks = seen.filter((one) => typeof one === 'number');
        expect(watermarks).toEqual([...new Set(watermarks)].sort((one, other) => one - other));
        if (kind === 'Inputs') return; // an input's watermark ends its idleness silently, so only the valve alternates
        const statuses = seen.filter((one) => typeof one === 'string');
        expect(statuses).toEqual(statuses.map((_, i) => (i % 2 === 0 ? 'idle' : 'active')));
      },
    ),
  );
});

test('after an idle phase a channel counts only once it has caught up, a split counts at once', () => {
  const steps = (inputs: WatermarkOutput[]): void => {
    const [one, other] = inputs as [WatermarkOutput, WatermarkOutput];
    one.watermark(10);
    other.watermark(30);
    one.idle();
    other.watermark(50);
    one.active();
    one.watermark(40);
    other.watermark(60);
  };
  const valve = recorded();
  const channels = new Valve(2, valve.out);
  steps([channels.input(0), channels.input(1)]);
  expect(valve.seen).toEqual([10, 30, 50, 60]);
  const multiplexer = recorded();
  const splits = new Multiplexer(2, multiplexer.out);
  steps([splits.immediate(0), splits.immediate(1)]);
  expect(multiplexer.seen).toEqual([10, 30, 50]);
});

test('a tick of one split waits for the ticks of all', () => {
  const { out, seen } = recorded();
  const splits = new Multiplexer(2, out);
  splits.deferred(0).watermark(10);
  splits.deferred(1).watermark(20);
  expect(seen).toEqual([]);
  splits.emit();
  expect(seen).toEqual([10]);
});

const periodic: SourceOptions = {
  outOfOrdernessMs: 5,
  idleTimeoutMs: 30,
  emission: 'periodic',
  partitions: 'perSplit',
  partitionCount: 2,
};

test.for([
  { why: 'a partition that never had a record holds the watermark back', idleTimeoutMs: undefined, want: [] },
  {
    why: 'until it is idle: more than the timeout after the first tick that found nothing',
    idleTimeoutMs: 30,
    want: ['5: 94'],
  },
])('$why', ({ idleTimeoutMs, want }) => {
  const seen: string[] = [];
  let tick = 0;
  const out = { watermark: (ms: number) => seen.push(`${tick}: ${ms}`), idle: () => {}, active: () => {} };
  const source = new Source({ ...periodic, idleTimeoutMs }, out);
  for (tick = 1; tick <= 5; tick++) {
    source.record(0, 100);
    source.tick(tick * 10);
  }
  expect(seen).toEqual(want);
});

test('an idle source that comes back with old times stays idle', () => {
  const { out, seen } = recorded();
  const source = new Source({ ...periodic, partitions: 'merged', emission: 'perRecord' }, out);
  source.record(0, 100);
  for (const nowMs of [10, 20, 30, 40, 50, 60]) source.tick(nowMs);
  source.record(0, 90);
  source.record(0, 101);
  expect(seen).toEqual([94, 'idle', 'active', 95]);
});
