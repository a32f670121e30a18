import { kafkaStreamsGrid, type TimeWindowShape, type WindowGrid } from '../windows.ts';
import { type Aggregation, type ChosenRecord, newWindow, nowhere, type WindowSink } from './aggregation.ts';
import { CloseEmitter } from './close-emitter.ts';
import { type Emission, storeOf } from './emission.ts';
import type { WindowStore } from './window-store.ts';

export interface TimeWindowCountOptions extends Emission {
  readonly window: TimeWindowShape;
  readonly graceMs: number;
}

/**
 * Tumbling and hopping windows (`KStreamWindowAggregate`). With `C = O - grace`, where `O` is the highest event time that
 * reached the aggregation with a key:
 *
 *     window refused  <=>  end <= C
 *
 * so a record can be refused by some of its windows and counted by others.
 */
export class TimeWindowCount implements Aggregation {
  readonly #grid: WindowGrid;
  readonly #graceMs: number;
  readonly #store: WindowStore;
  readonly #finals: CloseEmitter | undefined;
  #observedMs = -1;

  constructor({ window, graceMs, ...emission }: TimeWindowCountOptions) {
    this.#grid = kafkaStreamsGrid(window);
    this.#graceMs = graceMs;
    this.#store = storeOf(emission, { defaultRetentionMs: window.sizeMs + graceMs, filedUnder: 'start' });
    if (emission.emit === 'onWindowClose') this.#finals = this.#closing(emission.emitIntervalMs);
  }

  take(record: ChosenRecord, out: WindowSink): number {
    const { key, eventMs } = record;
    if (key === undefined) return 1;
    if (eventMs > this.#observedMs) this.#observedMs = eventMs;
    const closeMs = this.#observedMs - this.#graceMs;
    const { sizeMs, advanceMs } = this.#grid;
    const updates = this.#finals ? nowhere : out;
    const lastStartMs = this.#grid.lastStartMs(eventMs);
    let drops = 0;
    for (let s = this.#grid.firstStartMs(eventMs, lastStartMs); s <= lastStartMs; s += advanceMs) {
      if (s + sizeMs <= closeMs) drops++;
      else if (!this.#count(key, s, eventMs, updates)) drops++;
    }
    this.#finals?.offer(record, closeMs, out);
    return drops;
  }

  restart(): void {
    this.#observedMs = -1;
    this.#store.restart();
    this.#finals?.restart();
  }

  #count(key: string, startMs: number, eventMs: number, out: WindowSink): boolean {
    const open = this.#store.at(key, startMs);
    if (open === undefined) {
      const window = newWindow(key, startMs, startMs + this.#grid.sizeMs, 1, eventMs);
      const kept = this.#store.put(window);
      if (kept) this.#finals?.expect(window);
      out.updated(window);
      return kept;
    }
    open.count++;
    if (eventMs > open.latestMs) open.latestMs = eventMs;
    const kept = this.#store.touch(open);
    out.updated(open);
    return kept;
  }

  #closing(intervalMs: number): CloseEmitter {
    const grid = this.#grid;
    const sameWindows = (oneMs: number, otherMs: number): boolean =>
      grid.lastStartMs(oneMs) === grid.lastStartMs(otherMs) &&
      grid.firstStartMs(oneMs, grid.lastStartMs(oneMs)) === grid.firstStartMs(otherMs, grid.lastStartMs(otherMs));
    return new CloseEmitter({
      intervalMs,
      store: this.#store,
      oldestMs: () => this.#store.readableFromMs,
      range: {
        fromMs: (lastCloseMs) => (lastCloseMs === undefined ? 0 : Math.max(0, lastCloseMs - grid.sizeMs) + 1),
        toMs: (closeMs) => closeMs - grid.sizeMs,
        isWorthIt: (fromMs, toMs) => !sameWindows(fromMs - 1, toMs),
      },
    });
  }
}
