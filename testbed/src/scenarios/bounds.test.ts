import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BoundTally, createTallies, tallyBounds } from './bounds.ts';
import { readTrace } from './trace.ts';
import { trueStreamTimes } from './true-stream-time.ts';
import { readTruth } from './truth.ts';

// The bound of the true stream time, held against worlds in which that is known (testdata/scenarios/README.md).

const folder = join(import.meta.dirname, '../../../testdata/scenarios');
const worlds = readdirSync(folder)
  .filter((name) => name.endsWith('.trace.jsonl.gz'))
  .map((name) => {
    const [world] = name.split('.');
    const truth = readTruth(join(folder, `${world}.truth.json.gz`));
    return { world: world!, trace: readTrace(join(folder, name)), truth };
  });

test('what is held to be the truth here is that of the worlds', () => {
  for (const { world, trace, truth } of worlds) {
    // A consumer whose clock is stepped between two points of the grid: which of them it is off at is a matter of the grid.
    if (truth.family === 'host-clock') continue;
    const truths = trueStreamTimes(trace, truth);
    for (const { task, stepMs, tHigh } of truth.streamTime) {
      tHigh.forEach((highMs, i) => {
        const trueMs = truths.get(task)!(i * stepMs);
        if (highMs !== null && trueMs !== undefined && Math.abs(trueMs - highMs) > 1)
          expect.fail(`${world}, task ${task} at ${i * stepMs} ms: ${trueMs}, not ${highMs}`);
      });
    }
  }
});

describe('the truth lies within the bound', () => {
  const online = createTallies();
  const hindsight = createTallies();
  for (const { trace, truth } of worlds) tallyBounds(trace, truth, { online, hindsight });

  test.for([
    { why: 'online, in calm times', tally: online.calm, leastShare: 0.995, mostMedianMs: 2_500 },
    { why: 'online, while an outage lasts: not in its first seconds', tally: online.outage, leastShare: 0.8 },
    { why: 'online, where the silence of one among several is not seen', tally: online.shared, leastShare: 0.9 },
    { why: 'with hindsight, in calm times', tally: hindsight.calm, leastShare: 0.99, mostMedianMs: 250 },
    { why: 'with hindsight, of an outage', tally: hindsight.outage, leastShare: 0.99, mostMedianMs: 250 },
  ])('$why: in $leastShare of all cases', ({ tally, leastShare, mostMedianMs }) => {
    expect(tally.points).toBeGreaterThan(200);
    expect(tally.within / tally.points).toBeGreaterThanOrEqual(leastShare);
    if (mostMedianMs !== undefined) expect(medianMs(tally)).toBeLessThan(mostMedianMs);
  });
});

function medianMs({ widthsMs }: BoundTally): number {
  return widthsMs.toSorted((a, b) => a - b)[Math.floor(widthsMs.length / 2)]!;
}
