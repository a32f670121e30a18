import { setTimeout as sleep } from 'node:timers/promises';

/** Hardly slower than the 83 333 ppm at which chronyd slews at most. */
const msPerMs = 12;

/** Sets a clock back by 100 ms, a millisecond at a time. Returns the longest time that it was not moved, in ms. */
export async function slewBack(fromMs: number, set: (aheadMs: number) => void): Promise<number> {
  let movedMs = performance.now();
  let stillMs = 0;
  for (let aheadMs = fromMs; aheadMs >= fromMs - 100; aheadMs--) {
    stillMs = Math.max(stillMs, performance.now() - movedMs);
    movedMs = performance.now();
    set(aheadMs);
    await sleep(msPerMs);
  }
  return stillMs;
}
