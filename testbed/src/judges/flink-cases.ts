import type { Chance } from './chance.ts';
import type { VectorCase } from './engines.ts';
import { drawTrace } from './traces.ts';

/** A window behind a source, or (kinds `valve`, `multiplexer`, `twoInput`) watermarks and idleness of several inputs. */
export function flinkCase(chance: Chance): VectorCase {
  if (chance.isTrue(0.25)) return combineCase(chance);
  const scale = chance.oneOf([1, 10, 1_000, 60_000]);
  const sizeMs = scale * chance.between(1, 12);
  const allowedLatenessMs = chance.isTrue(0.4) ? 0 : chance.between(0, 2 * sizeMs);
  const outOfOrdernessMs = chance.isTrue(0.3) ? 0 : chance.between(0, sizeMs);
  const advanceMs = chance.between(Math.max(1, Math.ceil(sizeMs / 6)), 2 * sizeMs);
  const window = chance.oneOf([
    { type: 'tumbling', sizeMs, ...(chance.isTrue(0.3) ? { offsetMs: chance.between(1 - sizeMs, sizeMs - 1) } : {}) },
    { type: 'hopping', sizeMs, advanceMs },
    { type: 'session', gapMs: sizeMs },
  ]);
  const partitionCount = chance.between(2, 4);
  const partitions = chance.oneOf(['merged', 'perSplit', 'perChannel'] as const);
  const periodic = chance.isTrue(0.5);
  const idle = chance.isTrue(0.5) ? { idleTimeoutMs: chance.oneOf([300, 1_000, 2_000]) } : {};
  const intervalMs = periodic || idle.idleTimeoutMs !== undefined ? chance.oneOf([50, 200, 1_000]) : 0;
  const trace = drawTrace(chance, {
    lengthsMs: [sizeMs, allowedLatenessMs, outOfOrdernessMs, allowedLatenessMs + outOfOrdernessMs],
    partitions: partitions === 'merged' ? 1 : partitionCount,
    negativeTimes: chance.isTrue(0.15),
    nullKeys: false,
    nullValues: false,
  });
  const count = partitions === 'merged' ? {} : { partitionCount };
  const watermark = { emission: periodic ? 'periodic' : 'perRecord', intervalMs };
  const spec = { window, outOfOrdernessMs, allowedLatenessMs, watermark, partitions, ...idle, ...count };
  return { kind: 'window', description: 'drawn from a seed', spec, trace };
}

const counted = { valve: 'channels', multiplexer: 'splits', twoInput: 'inputs' } as const;

function combineCase(chance: Chance): VectorCase {
  const kind = chance.oneOf(['valve', 'multiplexer', 'twoInput'] as const);
  const inputs = kind === 'twoInput' ? 2 : chance.between(1, 5);
  const highest = Array.from({ length: inputs }, () => 1_000);
  const isIdle = Array.from({ length: inputs }, () => false);
  const ops = Array.from({ length: chance.between(40, 160) }, () => {
    const channel = chance.between(0, inputs - 1);
    if (chance.isTrue(0.15)) {
      isIdle[channel] = !isIdle[channel];
      return { op: isIdle[channel] ? 'idle' : 'active', channel };
    }
    // A channel that is idle and says something is active again; the operators are told so first.
    if (isIdle[channel]) {
      isIdle[channel] = false;
      return { op: 'active', channel };
    }
    highest[channel]! += chance.between(chance.isTrue(0.1) ? -20 : 0, 60);
    return { op: 'watermark', channel, watermark: highest[channel]! };
  });
  return { kind, description: 'drawn from a seed', spec: { [counted[kind]]: inputs }, ops };
}
