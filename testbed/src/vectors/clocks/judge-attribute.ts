import { type ClockStepFound, createClockMatrix, watchChannel } from '@tidemark/core';
import type { Mismatch } from '../mismatch.ts';
import { Expectations } from './expectation.ts';
import { recordsOf, type Scenario } from './scenario.ts';

export interface AttributeExpect {
  readonly stepHost: {
    readonly host: string;
    readonly role: string;
    readonly ms: number;
    readonly atBrokerMs: number;
    readonly tolMs: number;
    readonly withinMs: number;
  };
}

export function judgeAttribute(scenario: Scenario<AttributeExpect>): Mismatch[] {
  const expectations = new Expectations();
  expectations.onlyKeys('expect', scenario.expect, ['stepHost']);
  const want = scenario.expect.stepHost;
  expectations.onlyKeys('stepHost', want, ['host', 'role', 'ms', 'atBrokerMs', 'tolMs', 'withinMs']);
  const matrix = createClockMatrix(scenario.config.quantumMs);
  const found: ClockStepFound[] = [];
  for (const { producer, broker, e, b, c, first } of recordsOf(scenario)) {
    if (b !== undefined && first) found.push(...watchChannel(matrix, { producer, broker }, { fromMs: e, toMs: b }, c));
  }
  expectations.same('conclusions', 1, found.length);
  const [only] = found;
  expectations.same('stepHost.role', want.role, only?.kind);
  expectations.same('stepHost.host', want.host, only?.kind === 'broker' ? only.broker : only?.producer);
  expectations.close('stepHost.ms', want.ms, only?.byMs, want.tolMs);
  const latestMs = want.atBrokerMs + want.withinMs;
  const decidedMs = only?.decidedAtMs ?? Number.NaN;
  if (!(decidedMs >= want.atBrokerMs - 1000 && decidedMs <= latestMs)) {
    expectations.fail('stepHost: decided', [want.atBrokerMs - 1000, latestMs], decidedMs);
  }
  return expectations.mismatches;
}
