import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { perturb, perturbations } from './perturb.ts';
import { judge } from './robust.ts';
import { readTrace } from './trace.ts';
import { readTruth } from './truth.ts';

// Worlds with less to see, or a harder life: nobody is accused of what does not show, and what still shows is found.

const folder = join(import.meta.dirname, '../../../testdata/scenarios');
const worlds = readdirSync(folder)
  .filter((name) => name.endsWith('.trace.jsonl.gz'))
  .map((name) => name.split('.')[0]!);
const judged = (world: string, name: string) =>
  judge(
    perturb(readTrace(join(folder, `${world}.trace.jsonl.gz`)), name),
    readTruth(join(folder, `${world}.truth.json.gz`)),
    name !== 'nameless',
  );

const named = Object.keys(perturbations).filter((name) => name !== 'nameless');
/** In all worlds, the others in one of three. */
const hard = ['attachedHalfway', 'thinned', 'deaf', 'sluggish'];

describe.for(named)('%s', (name) => {
  test('nobody is accused falsely, and nothing is missed that shows', () => {
    let found = 0;
    for (const [i, world] of worlds.entries()) {
      if (!hard.includes(name) && i % 3 > 0) continue;
      const { falsely, missed, found: foundHere } = judged(world, name);
      expect({ world, falsely, missed }).toEqual({ world, falsely: [], missed: [] });
      found += foundHere;
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe('without producer ids', () => {
  test('a producer that uploads in bursts is taken for one that is cut off until its bursts are known', () => {
    expect(judged('o068', 'nameless').falsely.length).toBeLessThan(4);
  });

  test('one whose clock is behind beside others that are right is not taken for one that is cut off', () => {
    expect(judged('o038', 'nameless').falsely).toEqual([]);
  });

  test('what was made before its partition was watched may be a replay', () => {
    expect(judged('o047', 'nameless').falsely).toEqual([]);
  });
});
