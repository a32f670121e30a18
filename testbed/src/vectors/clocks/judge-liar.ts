import { type Claimant, solveClocks } from '@tidemark/core';
import type { Mismatch } from '../mismatch.ts';
import { Expectations } from './expectation.ts';
import { type BoundsExpect, compareBounds, evidenceOf } from './judge-bounds.ts';
import type { Scenario } from './scenario.ts';

export interface LiarExpect extends BoundsExpect {
  readonly liars: readonly string[];
  readonly suspects: readonly (readonly string[])[];
  readonly detectable: boolean;
  readonly ambiguous: boolean;
}

export function judgeLiar(scenario: Scenario<LiarExpect>): Mismatch[] {
  const { expect } = scenario;
  const expectations = new Expectations();
  expectations.onlyKeys('expect', expect, [
    'feasible',
    'bounds',
    'records',
    'liars',
    'suspects',
    'detectable',
    'ambiguous',
  ]);
  const solution = solveClocks(evidenceOf(scenario));
  const sets = solution.contradictions.flatMap(({ suspects }) => suspects.map(namesOf));
  const found = solution.contradictions.length > 0;
  expectations.same('detectable', expect.detectable, found);
  expectations.same('feasible', expect.feasible, !found);
  expectations.same(
    'ambiguous',
    expect.ambiguous,
    solution.contradictions.some(({ kind }) => kind !== 'liars'),
  );
  expectations.same('suspects', sorted(expect.suspects.map((set) => [...set].sort())), sorted(sets));
  // Where nothing contradicts, who lied is the simulator's secret; where several could have, their names are the suspects.
  if (expect.detectable && !expect.ambiguous) expectations.same('liars', [...expect.liars].sort(), sets.flat().sort());
  compareBounds(expectations, scenario, solution);
  return expectations.mismatches;
}

function namesOf(claimants: readonly Claimant[]): string[] {
  return claimants.map((claimant) => (claimant.kind === 'host' ? claimant.host : claimant.server)).sort();
}

function sorted(sets: readonly (readonly string[])[]): string[] {
  return sets.map((set) => set.join(' ')).sort();
}
