/** Where watermarks and idleness go. No watermark yet is minus infinity, the end of the input is infinity. */
export interface WatermarkOutput {
  watermark(ms: number): void;
  idle(): void;
  active(): void;
}

/** What a source reader passes on (`WatermarkToDataOutput`): only progress, and a change of status only once. */
export class ReaderOutput implements WatermarkOutput {
  readonly #next: WatermarkOutput;
  #highestMs = Number.NEGATIVE_INFINITY;
  #isIdle = false;

  constructor(next: WatermarkOutput) {
    this.#next = next;
  }

  watermark(ms: number): void {
    // An idle source that comes back with old times stays idle: only a higher watermark wakes it.
    if (ms <= this.#highestMs) return;
    this.#highestMs = ms;
    this.active();
    this.#next.watermark(ms);
  }

  idle(): void {
    if (this.#isIdle) return;
    this.#isIdle = true;
    this.#next.idle();
  }

  active(): void {
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#next.active();
  }
}
