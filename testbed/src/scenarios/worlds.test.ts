import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { predict } from './predict.ts';
import { readTrace } from './trace.ts';
import { causesOf, expand, isFound, isSamePlace, readTruth, touches } from './truth.ts';

// Worlds whose truth is known, one or more for each kind of fault and look-alike (testdata/scenarios/README.md).

const folder = join(import.meta.dirname, '../../../testdata/scenarios');
const worlds = readdirSync(folder)
  .filter((name) => name.endsWith('.trace.jsonl.gz'))
  .map((name) => name.split('.')[0]!);

describe.for(worlds)('%s', (name) => {
  const truth = readTruth(join(folder, `${name}.truth.json.gz`));
  const said = predict(readTrace(join(folder, `${name}.trace.jsonl.gz`)));

  test('every incident is found, and nobody else is accused', () => {
    expect(truth.incidents.filter((one) => one.expected && !isFound(said.incidents, one))).toEqual([]);
    const isOf = (found: (typeof said.incidents)[number]) =>
      truth.incidents.some((one) => isSamePlace(found, one) && touches(found, one));
    expect(said.incidents.filter((found) => !isOf(found))).toEqual([]);
  });

  test('a cut is not reported before it is over', () => {
    for (const { kind, endMs, detectedAtMs } of said.incidents) {
      if (kind === 'disconnect') expect(detectedAtMs).toBeGreaterThan(endMs);
    }
  });

  test('late and dropped records are exactly those', () => {
    expect(expand(said.late)).toEqual([...causesOf(truth, truth.late).keys()].sort((a, b) => a - b));
    expect(expand(said.dropped)).toEqual([...causesOf(truth, truth.dropped).keys()].sort((a, b) => a - b));
  });

  test('of the materially late ones, 95 of 100 are said to be late for what made them late', () => {
    const causes = causesOf(truth, truth.late);
    const verdicts = new Map(said.late.flatMap((run) => expand([run]).map((index) => [index, run[2]] as const)));
    const material = expand(truth.material);
    const right = material.filter((index) => {
      const possible = causes.get(index)!;
      return possible.size === 0 || possible.has(verdicts.get(index) ?? '');
    });
    expect(right.length).toBeGreaterThanOrEqual(0.95 * material.length);
  });
});
