import type { Chance } from './chance.ts';
import type { VectorCase } from './engines.ts';
import { drawTrace } from './traces.ts';

/** A window of the direct runner, behind a watermark after every record. */
export function beamCase(chance: Chance): VectorCase {
  const sizeMs = chance.oneOf([1, 10, 1_000, 60_000]) * chance.between(1, 12);
  const allowedLatenessMs = chance.isTrue(0.3) ? 0 : chance.between(0, 2 * sizeMs);
  const outOfOrdernessMs = chance.isTrue(0.3) ? 0 : chance.between(0, sizeMs);
  const advanceMs = chance.between(Math.max(1, Math.ceil(sizeMs / 6)), sizeMs);
  const window = chance.oneOf([
    { type: 'tumbling', sizeMs },
    { type: 'hopping', sizeMs, advanceMs },
    { type: 'session', gapMs: sizeMs },
  ]);
  const trace = drawTrace(chance, {
    lengthsMs: [sizeMs, allowedLatenessMs, outOfOrdernessMs, allowedLatenessMs + outOfOrdernessMs],
    partitions: 1,
    negativeTimes: chance.isTrue(0.15),
    nullKeys: false,
    nullValues: false,
  });
  const watermark = { emission: 'perRecord', intervalMs: 0 };
  const spec = { window, outOfOrdernessMs, allowedLatenessMs, watermark, partitions: 'merged' };
  return { kind: 'window', description: 'drawn from a seed', spec, trace };
}
