import {
  addCausality,
  addReading,
  type BoundEnd,
  type ClockEvidence,
  type ClockSolution,
  createClockEvidence,
  offsetAt,
  type Stamp,
  solveClocks,
  type TwoEnds,
  trueTimesInOrder,
} from '@tidemark/core';
import type { Mismatch } from '../mismatch.ts';
import { Expectations } from './expectation.ts';
import { recordsOf, type Scenario, type ScenarioRecord } from './scenario.ts';

type Pair = readonly [low: number | null, high: number | null];

export interface BoundsExpect {
  readonly feasible: boolean;
  readonly bounds?: readonly {
    readonly host: string;
    readonly at: number;
    readonly epoch: number;
    readonly theta?: number;
    readonly lo: number | null;
    readonly hi: number | null;
  }[];
  readonly records?: readonly {
    readonly record: number;
    readonly e: Pair;
    readonly b: Pair;
    readonly c: Pair;
    readonly true?: { readonly e: number; readonly b: number; readonly c: number };
  }[];
}

const soundSlackMs = 0.01;
const optimumSlackMs = 0.01;

/** What an agent and a collector would have gathered of a scenario. */
export function evidenceOf(scenario: Scenario<unknown>): ClockEvidence {
  const evidence = createClockEvidence(scenario.config);
  for (const { host, epoch, at, offsetMs, delayMs, rootMs } of scenario.ntp) {
    const errorMs = delayMs / 2 + rootMs;
    addReading(evidence, {
      host,
      epoch,
      atMs: at,
      offset: { lowMs: -offsetMs - errorMs, highMs: -offsetMs + errorMs },
    });
  }
  for (const record of recordsOf(scenario)) {
    const stamps = stampsOf(record);
    for (let i = 1; i < stamps.length; i++) addCausality(evidence, { cause: stamps[i - 1]!, effect: stamps[i]! });
  }
  return evidence;
}

export function judgeBounds(scenario: Scenario<BoundsExpect>): Mismatch[] {
  const expectations = new Expectations();
  expectations.onlyKeys('expect', scenario.expect, ['feasible', 'bounds', 'records']);
  const solution = solveClocks(evidenceOf(scenario));
  expectations.same('feasible', scenario.expect.feasible, solution.contradictions.length === 0);
  compareBounds(expectations, scenario, solution);
  return expectations.mismatches;
}

export function compareBounds(
  expectations: Expectations,
  scenario: Scenario<BoundsExpect>,
  solution: ClockSolution,
): void {
  for (const { host, at, epoch, theta, lo, hi } of scenario.expect.bounds ?? []) {
    if (!scenario.hosts.some(({ id }) => id === host)) expectations.fail('bounds', host, 'no such host');
    compareEnds(expectations, `${host}@${at}`, [lo, hi], theta, offsetAt(solution, { host, epoch, atMs: at }));
  }
  const records = recordsOf(scenario);
  for (const want of scenario.expect.records ?? []) {
    const record = records[want.record];
    if (record === undefined) {
      expectations.fail('records', want.record, 'no such record');
      continue;
    }
    const times = trueTimesInOrder(solution, stampsOf(record));
    // Without an append stamp, it was between its neighbours.
    const [e, b, c] = times.length === 3 ? times : [times[0]!, { low: times[0]!.low, high: times[1]!.high }, times[1]!];
    compareEnds(expectations, `record ${want.record} e`, want.e, want.true?.e, e!);
    compareEnds(expectations, `record ${want.record} b`, want.b, want.true?.b, b!);
    compareEnds(expectations, `record ${want.record} c`, want.c, want.true?.c, c!);
  }
}

function compareEnds(
  expectations: Expectations,
  where: string,
  want: Pair,
  truth: number | undefined,
  got: TwoEnds,
): void {
  const [lo, hi] = want;
  const low = proved(got.low);
  const high = proved(got.high);
  if (truth !== undefined) {
    if (low !== undefined && !(low <= truth + soundSlackMs))
      expectations.fail(`${where}: low below the truth`, truth, low);
    if (high !== undefined && !(high >= truth - soundSlackMs))
      expectations.fail(`${where}: high above the truth`, truth, high);
  }
  compareEnd(expectations, `${where}: low`, lo, low);
  compareEnd(expectations, `${where}: high`, hi, high);
}

/**
 * The README allows a width of 1.15 times the reference's and half a millisecond. But the reference is the optimum of the
 * constraints that it states, so a solver of the same constraints meets it, and a looser comparison would have no teeth.
 */
function compareEnd(expectations: Expectations, where: string, want: number | null, got: number | undefined): void {
  if (want === null) expectations.same(`${where} unproved`, null, got ?? null);
  else expectations.close(where, want, got, optimumSlackMs);
}

function proved(end: BoundEnd): number | undefined {
  return end.basis === 'proved' ? end.ms : undefined;
}

function stampsOf(record: ScenarioRecord): Stamp[] {
  const e = { host: record.producer, epoch: record.epochs[0], atMs: record.e };
  const c = { host: record.consumer, epoch: record.epochs[2], atMs: record.c };
  if (record.b === undefined) return [e, c];
  return [e, { host: record.broker, epoch: record.epochs[1], atMs: record.b }, c];
}
