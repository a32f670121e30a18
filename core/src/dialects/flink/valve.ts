import type { WatermarkOutput } from './watermark-output.ts';

interface Channel {
  ms: number;
  isIdle: boolean;
  /** Whether its watermark counts: not while it is idle, and after that not before it has caught up with the output. */
  isAligned: boolean;
}

/**
 * The input channels of a task (`StatusWatermarkValve`): the minimum over the aligned ones. It differs from the splits of
 * one source after an idle phase: a channel that comes back behind the output is left out until it has caught up, though
 * it is active.
 *
 *     out    ...... 50 ......
 *     idle   30 | back with 40: ignored | 55: counts again
 */
export class Valve {
  readonly #channels: Channel[];
  readonly #out: WatermarkOutput;
  #outMs = Number.NEGATIVE_INFINITY;
  #outIsIdle = false;

  constructor(channels: number, out: WatermarkOutput) {
    const first = { ms: Number.NEGATIVE_INFINITY, isIdle: false, isAligned: true };
    this.#channels = Array.from({ length: channels }, () => ({ ...first }));
    this.#out = out;
  }

  input(index: number): WatermarkOutput {
    const channel = this.#channels[index]!;
    return {
      watermark: (ms) => this.#watermark(channel, ms),
      idle: () => this.#idle(channel),
      active: () => this.#active(channel),
    };
  }

  #watermark(channel: Channel, ms: number): void {
    if (this.#outIsIdle || channel.isIdle || ms <= channel.ms) return;
    channel.ms = ms;
    if (ms >= this.#outMs) channel.isAligned = true;
    this.#emitLowest();
  }

  #idle(channel: Channel): void {
    if (channel.isIdle) return;
    channel.isIdle = true;
    channel.isAligned = false;
    const heldBack = channel.ms === this.#outMs;
    if (this.#channels.some(({ isIdle }) => !isIdle)) {
      if (heldBack) this.#emitLowest();
      return;
    }
    if (heldBack) this.#emit(Math.max(...this.#channels.map(({ ms }) => ms)));
    this.#outIsIdle = true;
    this.#out.idle();
  }

  #active(channel: Channel): void {
    if (!channel.isIdle) return;
    channel.isIdle = false;
    if (channel.ms >= this.#outMs) channel.isAligned = true;
    if (!this.#outIsIdle) return;
    this.#outIsIdle = false;
    this.#out.active();
  }

  #emitLowest(): void {
    const aligned = this.#channels.filter(({ isAligned }) => isAligned);
    if (aligned.length > 0) this.#emit(Math.min(...aligned.map(({ ms }) => ms)));
  }

  #emit(ms: number): void {
    if (ms <= this.#outMs) return;
    this.#outMs = ms;
    this.#out.watermark(ms);
  }
}
