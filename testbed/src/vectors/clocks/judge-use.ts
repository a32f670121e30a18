import { createUseWatch, eventTimeUse, watchUse } from '@tidemark/core';
import type { Mismatch } from '../mismatch.ts';
import { Expectations } from './expectation.ts';
import { recordsOf, type Scenario } from './scenario.ts';

export interface UseExpect {
  readonly use: readonly { readonly stream: string; readonly use: string }[];
  readonly note?: string;
}

export function judgeUse(scenario: Scenario<UseExpect>): Mismatch[] {
  const expectations = new Expectations();
  expectations.onlyKeys('expect', scenario.expect, ['use', 'note']);
  const watches = new Map(scenario.streams.map(({ id }) => [id, createUseWatch()]));
  for (const { stream, e, b } of recordsOf(scenario)) {
    if (b !== undefined) watchUse(watches.get(stream)!, { fromMs: e, toMs: b });
  }
  const want = new Map(scenario.expect.use.map(({ stream, use }) => [stream, use]));
  expectations.same('streams', scenario.streams.map(({ id }) => id).sort(), [...want.keys()].sort());
  for (const [stream, watch] of watches) {
    expectations.same(stream, want.get(stream), eventTimeUse(watch, scenario.config.quantumMs));
  }
  return expectations.mismatches;
}
