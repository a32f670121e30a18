import { Agenda } from '../agenda.ts';
import type { WindowCount } from '../windows.ts';
import type { ChosenRecord, WindowSink } from './aggregation.ts';
import type { WindowStore } from './window-store.ts';

/** Which windows have closed since the last emission, by the time that their store files them under. */
export interface CloseRange {
  /** `lastCloseMs` is undefined before the first emission. */
  fromMs(lastCloseMs: number | undefined): number;
  toMs(closeMs: number): number;
  /** Time windows are not looked for while no window start has been passed. Says whether a look is worth it. */
  isWorthIt?(fromMs: number, toMs: number): boolean;
}

/**
 * Final results under `EmitStrategy.onWindowClose` (`AbstractKStreamTimeWindowAggregateProcessor`,
 * `KStreamSessionWindowAggregate`). Where the closing record lies so far ahead that its own window already pushed the
 * closed ones out of the store, they are never emitted at all: the range is read once and not again.
 */
export class CloseEmitter {
  readonly #intervalMs: number;
  readonly #range: CloseRange;
  readonly #store: WindowStore;
  readonly #oldestMs: () => number;
  /** Windows by the time that they are filed under. What an emission passes is forgotten, found or not. */
  readonly #pending = new Agenda<WindowCount>();
  #lastCloseMs: number | undefined;
  #nextLookMs = 0;

  /** `oldestMs` says from when on the store behind it still hands out windows. */
  constructor(options: { intervalMs: number; range: CloseRange; store: WindowStore; oldestMs: () => number }) {
    this.#intervalMs = options.intervalMs;
    this.#range = options.range;
    this.#store = options.store;
    this.#oldestMs = options.oldestMs;
  }

  expect(window: WindowCount): void {
    this.#pending.add(this.#store.filedMs(window), window);
  }

  forget(window: WindowCount): void {
    this.#pending.delete(this.#store.filedMs(window), window);
  }

  offer(record: ChosenRecord, closeMs: number, out: WindowSink): void {
    if (record.nowMs < this.#nextLookMs) return;
    this.#nextLookMs = record.nowMs + this.#intervalMs;
    if (this.#lastCloseMs !== undefined && this.#lastCloseMs >= closeMs) return;
    const toMs = this.#range.toMs(closeMs);
    if (toMs < 0) return;
    const fromMs = this.#range.fromMs(this.#lastCloseMs);
    if (this.#lastCloseMs !== undefined && this.#range.isWorthIt?.(fromMs, toMs) === false) return;
    const oldestMs = Math.max(fromMs, this.#oldestMs());
    this.#pending.take(toMs, (window, filedMs) => {
      if (!window.live) return;
      if (filedMs >= oldestMs) out.updated(window);
      else out.lost?.(window);
    });
    this.#lastCloseMs = closeMs;
  }

  /** A new start: the last emission is committed with the offsets, the throttle is not. */
  restart(): void {
    this.#nextLookMs = 0;
  }
}
