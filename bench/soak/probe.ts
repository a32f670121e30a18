/**
 * Loaded into a process that soaks: each half minute one line into the file that SOAK_SAMPLES names, with what lives on its heap
 * after a collection, and how late its event loop was meanwhile.
 */
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Sample {
  readonly atMs: number;
  readonly heapMb: number;
  readonly residentMb: number;
  readonly loopP50Ms: number;
  readonly loopP99Ms: number;
}

const everyMs = 30_000;
const resolutionMs = 10;
const file = process.env.SOAK_SAMPLES;

if (file !== undefined) {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const late = (percentile: number): number => Math.max(0, delay.percentile(percentile) / 1e6 - resolutionMs);
  setInterval(() => {
    const loopP50Ms = late(50);
    const loopP99Ms = late(99);
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    const sample: Sample = {
      atMs: Date.now(),
      heapMb: heapUsed / 2 ** 20,
      residentMb: rss / 2 ** 20,
      loopP50Ms,
      loopP99Ms,
    };
    appendFileSync(file, `${JSON.stringify(sample)}\n`);
    // The collection is ours: what it held up is not counted.
    setImmediate(() => delay.reset());
  }, everyMs).unref();
}
