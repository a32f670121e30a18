import type { WindowCount } from '../windows.ts';
import { type Aggregation, type ChosenRecord, newWindow, nowhere, type WindowSink } from './aggregation.ts';
import { CloseEmitter } from './close-emitter.ts';
import { type Emission, storeOf } from './emission.ts';
import type { WindowStore } from './window-store.ts';

export interface SessionWindowCountOptions extends Emission {
  readonly gapMs: number;
  readonly graceMs: number;
}

/**
 * Sessions `[first, last]`, both ends inclusive (`KStreamSessionWindowAggregate`). With `C = O - gap - grace`, and the
 * record merged with every session of its key within the gap:
 *
 *     record refused  <=>  end of the merged session < C
 *
 * so an old record is saved by an open session that it reaches. At the very edge, a session that ends at `C` may still
 * grow, but the store no longer finds it: its count starts again at one and overwrites it.
 */
export class SessionWindowCount implements Aggregation {
  readonly #gapMs: number;
  readonly #graceMs: number;
  readonly #store: WindowStore;
  readonly #finals: CloseEmitter | undefined;
  #observedMs = -1;

  constructor({ gapMs, graceMs, ...emission }: SessionWindowCountOptions) {
    this.#gapMs = gapMs;
    this.#graceMs = graceMs;
    this.#store = storeOf(emission, { defaultRetentionMs: gapMs + graceMs, filedUnder: 'end' });
    if (emission.emit === 'onWindowClose') this.#finals = this.#closing(emission.emitIntervalMs);
  }

  take(record: ChosenRecord, out: WindowSink): number {
    const { key, eventMs } = record;
    if (key === undefined) return 1;
    if (eventMs > this.#observedMs) this.#observedMs = eventMs;
    const closeMs = this.#observedMs - this.#gapMs - this.#graceMs;
    const near = this.#store.read(key, eventMs - this.#gapMs, Number.POSITIVE_INFINITY).reverse();
    const merged = near.filter((session) => session.startMs <= eventMs + this.#gapMs);
    let startMs = eventMs;
    let endMs = eventMs;
    let count = 1;
    for (const session of merged) {
      startMs = Math.min(startMs, session.startMs);
      endMs = Math.max(endMs, session.endMs);
      count += session.count;
    }
    const refused = endMs < closeMs;
    const dropped =
      refused || !this.#replace(merged, newWindow(key, startMs, endMs, count, endMs), this.#finals ? nowhere : out);
    this.#finals?.offer(record, closeMs, out);
    return dropped ? 1 : 0;
  }

  restart(): void {
    this.#observedMs = -1;
    this.#store.restart();
    this.#finals?.restart();
  }

  #replace(merged: readonly WindowCount[], hull: WindowCount, out: WindowSink): boolean {
    // A session of one moment that gets another record of the same moment is overwritten, not removed.
    if (hull.startMs !== hull.endMs) {
      for (const session of merged) {
        this.#finals?.forget(session);
        this.#store.remove(session);
        out.removed(session);
      }
    }
    const kept = this.#store.put(hull);
    if (kept) this.#finals?.expect(hull);
    out.updated(hull);
    return kept;
  }

  #closing(intervalMs: number): CloseEmitter {
    return new CloseEmitter({
      intervalMs,
      store: this.#store,
      // Sessions are looked up by segment: whatever has not been destroyed yet is found, readable or not.
      oldestMs: () => this.#store.destroyedBeforeMs,
      range: { fromMs: (lastCloseMs) => Math.max(0, lastCloseMs ?? 0), toMs: (closeMs) => closeMs - 1 },
    });
  }
}
