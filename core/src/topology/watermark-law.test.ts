import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { Pipeline, startMs } from '../../test/simulated-pipeline.ts';
import { events, shuffle } from '../../test/simulated-shuffle.ts';

test.for(Array.from({ length: 8 }, (_, seed) => seed))(
  'law, seed %i: nothing that a node has yet to process is older than its watermark, which never goes back',
  (seed) => {
    const pipeline = new Pipeline();
    const random = prng(seed);
    const { up, down, by, id } = shuffle(pipeline);
    const audit = pipeline.start({
      group: 'audit',
      reads: [
        [by, 0],
        [by, 1],
      ],
    });
    const hands = [
      ...up.map((reader, n) => ({ reader, place: `orders/${n}` })),
      ...down.map((reader, n) => ({ reader, place: `${by}/${n}` })),
      { reader: audit, place: `${by}/0` },
    ];
    const said: { readonly id: string; readonly atMs: number; readonly watermarkMs: number }[] = [];
    for (let second = 0; second < 120; second++) {
      for (const { reader, place } of hands) {
        if (random() < 0.15) reader.stuck.add(place);
        else if (random() < 0.4) reader.stuck.delete(place);
        reader.limit = random() < 0.5 ? 1 : Number.POSITIVE_INFINITY;
      }
      pipeline.run(1_000, () => events(pipeline, ...[0, 1].filter(() => random() < 0.7)));
      for (const { id, watermarkMs } of pipeline.assessment.topology.nodes) {
        if (watermarkMs !== undefined) said.push({ id, atMs: pipeline.nowMs, watermarkMs });
      }
    }
    const isOf = (taken: (typeof pipeline.taken)[number], node: string) =>
      taken.group === node.split('/')[0] && (taken.topic === by) === (node !== 'billing');
    for (const node of ['billing', id, 'audit']) {
      const own = said.filter((one) => one.id === node);
      expect(own.length).toBeGreaterThan(60);
      const taken = pipeline.taken.filter((one) => isOf(one, node));
      for (const [i, { atMs, watermarkMs }] of own.entries()) {
        expect(watermarkMs).toBeGreaterThanOrEqual(own[i - 1]?.watermarkMs ?? 0);
        const older = taken.filter((later) => later.atMs >= atMs && later.eventMs < watermarkMs);
        expect(older, `${node} at ${atMs - startMs}`).toEqual([]);
      }
      // It goes on, too: with nobody stuck it comes close.
      for (const { reader } of hands) {
        reader.stuck.clear();
        reader.limit = Number.POSITIVE_INFINITY;
      }
      pipeline.run(5_000, () => events(pipeline, 0, 1));
      expect(pipeline.nowMs - pipeline.node(node).watermarkMs!).toBeLessThan(4_000);
    }
  },
);
