import {
  addToFloor,
  createFloor,
  createStepWatch,
  driftOf,
  type FloorShift,
  floorAt,
  floorLine,
  watchForStep,
} from '@tidemark/core';
import type { Mismatch } from '../mismatch.ts';
import { Expectations } from './expectation.ts';

interface RealStream {
  readonly id: string;
  readonly e: readonly number[];
  readonly b: readonly number[];
  readonly expect: {
    readonly driftPpm?: number;
    readonly tolPpm?: number;
    readonly offsetAtStartMs?: number;
    readonly offsetTolMs?: number;
    readonly steps: readonly {
      readonly atBrokerMs: number;
      readonly ms: number;
      readonly tolMs: number;
      readonly withinMs: number;
      readonly optional?: boolean;
      readonly orSinceStartMs?: number;
    }[];
  };
}

const quantumMs = 1;

export function judgeRealKafka(file: { readonly streams: readonly RealStream[] }): Mismatch[] {
  const expectations = new Expectations();
  for (const { id, e, b, expect } of file.streams) {
    expectations.onlyKeys(id, expect, ['driftPpm', 'tolPpm', 'offsetAtStartMs', 'offsetTolMs', 'steps']);
    const floor = createFloor(Number.POSITIVE_INFINITY);
    const watch = createStepWatch(quantumMs);
    const shifts: FloorShift[] = [];
    e.forEach((fromMs, i) => {
      const pair = { fromMs, toMs: b[i]! };
      addToFloor(floor, pair);
      const found = watchForStep(watch, pair, pair.toMs);
      if (found !== undefined) shifts.push(found);
    });
    if (expect.driftPpm !== undefined) {
      expectations.close(
        `${id}.driftPpm`,
        expect.driftPpm,
        driftOf(floor, quantumMs)?.ppm,
        expect.tolPpm ?? Number.NaN,
      );
    }
    if (expect.offsetAtStartMs !== undefined) {
      const line = floorLine(floor.points, quantumMs);
      const aheadMs = line === undefined ? undefined : -floorAt(line, b[0]!).gapMs;
      expectations.close(`${id}.offsetAtStartMs`, expect.offsetAtStartMs, aheadMs, expect.offsetTolMs ?? Number.NaN);
    }
    for (const want of expect.steps) {
      const at = `${id}@${want.atBrokerMs}`;
      expectations.onlyKeys(at, want, ['atBrokerMs', 'ms', 'tolMs', 'withinMs', 'optional', 'orSinceStartMs']);
      const sizes = want.orSinceStartMs === undefined ? [want.ms] : [want.ms, want.orSinceStartMs];
      const index = shifts.findIndex(
        ({ byMs, detectedAtMs }) =>
          sizes.some((size) => Math.abs(byMs - size) <= want.tolMs) &&
          detectedAtMs >= want.atBrokerMs - 1000 &&
          detectedAtMs <= want.atBrokerMs + want.withinMs,
      );
      if (index >= 0) shifts.splice(index, 1);
      else if (want.optional !== true) expectations.fail(at, want, shifts);
    }
    expectations.same(`${id}: nothing else`, [], shifts);
  }
  return expectations.mismatches;
}
