import type { WatermarkOutput } from './watermark-output.ts';

export interface WatermarkGeneratorOptions {
  readonly outOfOrdernessMs: number;
  /** Undefined: without idleness, a silent input holds the watermark back for ever. */
  readonly idleTimeoutMs: number | undefined;
  readonly emission: 'perRecord' | 'periodic';
}

/**
 * `BoundedOutOfOrdernessWatermarks`: `max(event time) - outOfOrderness - 1`, within `WatermarksWithIdleness`, which looks
 * at ticks only: the first tick that finds no record starts the clock, the first one more than the timeout later is idle.
 */
export class WatermarkGenerator {
  readonly #options: WatermarkGeneratorOptions;
  #highestMs = Number.NEGATIVE_INFINITY;
  #hasRecords = false;
  #silentSinceMs: number | undefined;
  #isIdle = false;

  constructor(options: WatermarkGeneratorOptions) {
    this.#options = options;
  }

  record(eventMs: number, out: WatermarkOutput): void {
    if (eventMs > this.#highestMs) this.#highestMs = eventMs;
    this.#hasRecords = true;
    this.#isIdle = false;
    if (this.#options.emission === 'perRecord') this.#emit(out);
  }

  tick(nowMs: number, out: WatermarkOutput): void {
    if (!this.#isSilent(nowMs)) {
      this.#emit(out);
    } else if (!this.#isIdle) {
      this.#isIdle = true;
      out.idle();
    }
  }

  #emit(out: WatermarkOutput): void {
    out.watermark(this.#highestMs - this.#options.outOfOrdernessMs - 1);
  }

  #isSilent(nowMs: number): boolean {
    const { idleTimeoutMs } = this.#options;
    if (idleTimeoutMs === undefined) return false;
    if (this.#hasRecords) {
      this.#hasRecords = false;
      this.#silentSinceMs = undefined;
      return false;
    }
    if (this.#silentSinceMs === undefined) {
      this.#silentSinceMs = nowMs;
      return false;
    }
    return nowMs - this.#silentSinceMs > idleTimeoutMs;
  }
}
