import type { WatermarkOutput } from './watermark-output.ts';

/**
 * One watermark out of several (`CombinedWatermarkStatus`): the minimum over the inputs that are not idle; with all idle
 * the maximum over all. Never going back. An input that never had a watermark counts as minus infinity until it is idle.
 */
export class CombinedWatermark {
  readonly #inputs: { ms: number; isIdle: boolean }[];
  #ms = Number.NEGATIVE_INFINITY;
  #isIdle = false;

  constructor(inputs: number) {
    this.#inputs = Array.from({ length: inputs }, () => ({ ms: Number.NEGATIVE_INFINITY, isIdle: false }));
  }

  get ms(): number {
    return this.#ms;
  }

  /** As of the last update. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  /** A watermark also ends the idleness of its input. Says whether it was progress. */
  setWatermark(input: number, ms: number): boolean {
    const state = this.#inputs[input]!;
    state.isIdle = false;
    if (ms <= state.ms) return false;
    state.ms = ms;
    return true;
  }

  setIdle(input: number, isIdle: boolean): void {
    this.#inputs[input]!.isIdle = isIdle;
  }

  /** Combines anew. Says whether the combined watermark has risen. */
  update(): boolean {
    let highestMs = Number.NEGATIVE_INFINITY;
    let lowestActiveMs = Number.POSITIVE_INFINITY;
    this.#isIdle = true;
    for (const { ms, isIdle } of this.#inputs) {
      highestMs = Math.max(highestMs, ms);
      if (isIdle) continue;
      lowestActiveMs = Math.min(lowestActiveMs, ms);
      this.#isIdle = false;
    }
    const ms = this.#isIdle ? highestMs : lowestActiveMs;
    if (ms <= this.#ms) return false;
    this.#ms = ms;
    return true;
  }
}

/**
 * The splits of one source reader (`WatermarkOutputMultiplexer`). What a record brings is passed on at once; what a tick
 * brings waits until all splits have ticked.
 */
export class Multiplexer {
  readonly #combined: CombinedWatermark;
  readonly #out: WatermarkOutput;

  constructor(splits: number, out: WatermarkOutput) {
    this.#combined = new CombinedWatermark(splits);
    this.#out = out;
  }

  immediate(split: number): WatermarkOutput {
    return {
      watermark: (ms) => {
        if (this.#combined.setWatermark(split, ms) && ms > this.#combined.ms) this.emit();
      },
      idle: () => this.#setIdle(split, true),
      active: () => this.#setIdle(split, false),
    };
  }

  deferred(split: number): WatermarkOutput {
    return {
      watermark: (ms) => this.#combined.setWatermark(split, ms),
      idle: () => this.#combined.setIdle(split, true),
      active: () => this.#combined.setIdle(split, false),
    };
  }

  emit(): void {
    if (this.#combined.update()) this.#out.watermark(this.#combined.ms);
    if (this.#combined.isIdle) this.#out.idle();
  }

  #setIdle(split: number, isIdle: boolean): void {
    this.#combined.setIdle(split, isIdle);
    this.emit();
  }
}

/** An operator with several inputs, as a join has two (`AbstractStreamOperator`): a status goes on when all-idle changes. */
export class CombinedInputs {
  readonly #combined: CombinedWatermark;
  readonly #out: WatermarkOutput;

  constructor(inputs: number, out: WatermarkOutput) {
    this.#combined = new CombinedWatermark(inputs);
    this.#out = out;
  }

  input(index: number): WatermarkOutput {
    return {
      watermark: (ms) => {
        this.#combined.setWatermark(index, ms);
        this.#emit();
      },
      idle: () => this.#setIdle(index, true),
      active: () => this.#setIdle(index, false),
    };
  }

  #setIdle(index: number, isIdle: boolean): void {
    const wasIdle = this.#combined.isIdle;
    this.#combined.setIdle(index, isIdle);
    this.#emit();
    if (wasIdle === this.#combined.isIdle) return;
    if (isIdle) this.#out.idle();
    else this.#out.active();
  }

  #emit(): void {
    if (this.#combined.update()) this.#out.watermark(this.#combined.ms);
  }
}
