import type { WindowCount } from '../windows.ts';
import {
  type Aggregation,
  type ChosenRecord,
  EngineStopped,
  newWindow,
  nowhere,
  type WindowSink,
} from './aggregation.ts';
import { CloseEmitter } from './close-emitter.ts';
import { type Emission, storeOf } from './emission.ts';
import type { WindowStore } from './window-store.ts';

export interface SlidingWindowCountOptions extends Emission {
  readonly differenceMs: number;
  readonly graceMs: number;
}

/** What the windows around a record say of its neighbours, as they were before it. */
interface Neighbours {
  /** Event time of the nearest record before, of the key. */
  previousMs: number | undefined;
  /** How many lie in the youngest window that ends before the record. */
  before: number;
  hasLeft: boolean;
  hasRight: boolean;
  /** The youngest window with room for the record: what of it is younger than the record goes to its right window. */
  after: { count: number; latestMs: number } | undefined;
}

/**
 * Sliding windows `[s, s + d]`, both ends inclusive (`KStreamSlidingWindowAggregate`). Windows exist only where records
 * make them: a record's left window ends with it, its right window starts just behind it. With `C = O - grace`:
 *
 *     record refused  <=>  ts + d < C        window refused  <=>  s + d < C
 *
 * one less strict than tumbling windows: equality is still in time.
 */
export class SlidingWindowCount implements Aggregation {
  readonly #differenceMs: number;
  readonly #graceMs: number;
  readonly #store: WindowStore;
  readonly #finals: CloseEmitter | undefined;
  #observedMs = -1;
  #closeMs = 0;
  #drops = 0;
  #updates: WindowSink = nowhere;

  constructor({ differenceMs, graceMs, ...emission }: SlidingWindowCountOptions) {
    this.#differenceMs = differenceMs;
    this.#graceMs = graceMs;
    this.#store = storeOf(emission, { defaultRetentionMs: 2 * differenceMs + graceMs, filedUnder: 'start' });
    if (emission.emit === 'onWindowClose') this.#finals = this.#closing(emission.emitIntervalMs);
  }

  take(record: ChosenRecord, out: WindowSink): number {
    const { key, eventMs } = record;
    if (key === undefined || !record.hasValue) return 1;
    if (eventMs > this.#observedMs) this.#observedMs = eventMs;
    this.#closeMs = this.#observedMs - this.#graceMs;
    if (eventMs + this.#differenceMs < this.#closeMs) return 1;
    if (this.#differenceMs === 0) {
      throw new EngineStopped('sliding windows with a time difference of 0: a window must not end where it starts');
    }
    this.#drops = 0;
    this.#updates = this.#finals ? nowhere : out;
    // An early record never sets final results free: the engine returns before it gets there.
    if (eventMs < this.#differenceMs) {
      this.#takeEarly(key, eventMs);
    } else {
      this.#takeOrdinary(key, eventMs);
      this.#finals?.offer(record, this.#closeMs, out);
    }
    return this.#drops;
  }

  restart(): void {
    this.#observedMs = -1;
    this.#store.restart();
    this.#finals?.restart();
  }

  #takeOrdinary(key: string, eventMs: number): void {
    const differenceMs = this.#differenceMs;
    const near: Neighbours = { previousMs: undefined, before: 0, hasLeft: false, hasRight: false, after: undefined };
    for (const window of this.#store.read(key, Math.max(0, eventMs - 2 * differenceMs), eventMs + 1)) {
      const { startMs, count, latestMs } = window;
      if (startMs === eventMs + 1) {
        near.hasRight = true;
      } else if (startMs + differenceMs > eventMs) {
        near.after ??= { count, latestMs };
        this.#add(window, eventMs);
      } else if (startMs + differenceMs === eventMs) {
        near.hasLeft = true;
        this.#add(window, eventMs);
        // Its left window ends with a record of the same time, which has made everything there is to make.
        if (latestMs >= eventMs) return;
        near.previousMs = latestMs;
      } else {
        near.before = count;
        near.previousMs = latestMs;
        break;
      }
    }
    this.#makeWindows(key, eventMs, near);
  }

  #makeWindows(key: string, eventMs: number, near: Neighbours): void {
    const { previousMs } = near;
    if (previousMs !== undefined && previousMs + 1 + this.#differenceMs >= eventMs)
      this.#makeRightOf(previousMs, key, eventMs);
    if (!near.hasLeft) {
      const startMs = eventMs - this.#differenceMs;
      const inside = previousMs !== undefined && previousMs >= startMs ? near.before : 0;
      this.#make(key, startMs, inside + 1, eventMs);
    }
    this.#makeOwnRight(key, eventMs, near);
  }

  /**
   * Before `d` a left window would start below zero. All such records of a key share `[0, d]` instead, whatever their
   * times, and the windows inside it are made as usual.
   */
  #takeEarly(key: string, eventMs: number): void {
    let combined: WindowCount | undefined;
    const near: Neighbours = { previousMs: undefined, before: 0, hasLeft: true, hasRight: false, after: undefined };
    for (const window of this.#store.read(key, 0, eventMs + 1).reverse()) {
      const { startMs, count, latestMs } = window;
      if (startMs === 0) {
        combined = window;
        if (latestMs < eventMs) near.previousMs = latestMs;
      } else if (startMs <= eventMs) {
        near.after = { count, latestMs };
        this.#add(window, eventMs);
      } else {
        near.hasRight = true;
      }
    }
    if (near.after === undefined && combined && combined.latestMs > eventMs) near.after = { ...combined };
    this.#makeOwnRight(key, eventMs, near);
    if (near.previousMs !== undefined) this.#makeRightOf(near.previousMs, key, eventMs);
    if (combined) this.#add(combined, eventMs);
    else this.#make(key, 0, 1, eventMs);
  }

  /** The right window of the record before: it has just got its first record. */
  #makeRightOf(previousMs: number, key: string, eventMs: number): void {
    if (this.#store.at(key, previousMs + 1) === undefined) this.#make(key, previousMs + 1, 1, eventMs);
  }

  /** The engine puts this one in without asking whether it is closed. */
  #makeOwnRight(key: string, eventMs: number, { hasRight, after }: Neighbours): void {
    if (hasRight || after === undefined || after.latestMs <= eventMs) return;
    this.#put(newWindow(key, eventMs + 1, eventMs + 1 + this.#differenceMs, after.count, after.latestMs));
  }

  #make(key: string, startMs: number, count: number, latestMs: number): void {
    if (startMs + this.#differenceMs < this.#closeMs) this.#drops++;
    else this.#put(newWindow(key, startMs, startMs + this.#differenceMs, count, latestMs));
  }

  #put(window: WindowCount): void {
    if (this.#store.put(window)) this.#finals?.expect(window);
    else this.#drops++;
    this.#updates.updated(window);
  }

  #add(window: WindowCount, eventMs: number): void {
    if (window.endMs < this.#closeMs) {
      this.#drops++;
      return;
    }
    window.count++;
    if (eventMs > window.latestMs) window.latestMs = eventMs;
    if (!this.#store.touch(window)) this.#drops++;
    this.#updates.updated(window);
  }

  #closing(intervalMs: number): CloseEmitter {
    return new CloseEmitter({
      intervalMs,
      store: this.#store,
      oldestMs: () => this.#store.readableFromMs,
      range: {
        fromMs: (lastCloseMs) => (lastCloseMs === undefined ? 0 : Math.max(0, lastCloseMs - this.#differenceMs)),
        toMs: (closeMs) => closeMs - this.#differenceMs - 1,
      },
    });
  }
}
