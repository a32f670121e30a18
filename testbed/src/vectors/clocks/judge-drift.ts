import { addToFloor, createFloor, driftOf } from '@tidemark/core';
import type { Mismatch } from '../mismatch.ts';
import { Expectations } from './expectation.ts';
import { recordsOf, type Scenario } from './scenario.ts';

export interface DriftExpect {
  readonly drift: readonly {
    readonly stream: string;
    readonly producer: string;
    readonly relativeToBrokerPpm: number;
    readonly tolPpm: number;
    readonly onlyFirstOfBatch: boolean;
  }[];
}

const keys = ['stream', 'producer', 'relativeToBrokerPpm', 'tolPpm', 'onlyFirstOfBatch'];

export function judgeDrift(scenario: Scenario<DriftExpect>): Mismatch[] {
  const expectations = new Expectations();
  expectations.onlyKeys('expect', scenario.expect, ['drift']);
  const records = recordsOf(scenario);
  for (const want of scenario.expect.drift) {
    expectations.onlyKeys(want.stream, want, keys);
    const stream = scenario.streams.find(({ id }) => id === want.stream);
    expectations.same(`${want.stream}.producer`, want.producer, stream?.producer);
    const floor = createFloor(Number.POSITIVE_INFINITY);
    for (const { stream: id, e, b, first } of records) {
      if (id === want.stream && b !== undefined && (first || !want.onlyFirstOfBatch))
        addToFloor(floor, { fromMs: e, toMs: b });
    }
    const drift = driftOf(floor, scenario.config.quantumMs);
    expectations.close(`${want.stream}.relativeToBrokerPpm`, want.relativeToBrokerPpm, drift?.ppm, want.tolPpm);
  }
  return expectations.mismatches;
}
