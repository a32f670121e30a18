import { Agenda } from '../agenda.ts';
import type { WindowCount } from '../windows.ts';
import type { WindowSink } from './aggregation.ts';

/** The last update of a window that has not closed; `count` is undefined for a session that was merged away. */
interface Held {
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
  count: number | undefined;
}

/**
 * `suppress(untilWindowCloses)` (`KTableSuppressProcessorSupplier`): holds updates back until the window has closed. It
 * has a stream time of its own, the highest time of the updates that reach it, and lets a window go once
 * `end <= U - wait`. For sliding and session windows that is one moment before the aggregation closes them, so a record
 * at the exact edge makes a second "final" result.
 */
export class Suppress implements WindowSink {
  readonly #waitMs: number;
  readonly #final: (window: WindowCount) => void;
  readonly #held = new Map<string, Held>();
  readonly #byEnd = new Agenda<Held>();
  #observedMs = -1;

  /** `waitMs`: the grace; for sessions gap and grace. */
  constructor(waitMs: number, final: (window: WindowCount) => void) {
    this.#waitMs = waitMs;
    this.#final = final;
  }

  updated(window: Readonly<WindowCount>): void {
    this.#hold(window, window.count, window.latestMs);
  }

  removed(window: Readonly<WindowCount>): void {
    this.#hold(window, undefined, window.endMs);
  }

  #hold(window: Readonly<WindowCount>, count: number | undefined, updateMs: number): void {
    if (updateMs > this.#observedMs) this.#observedMs = updateMs;
    const id = idOf(window);
    const held = this.#held.get(id);
    if (held === undefined) {
      const { key, startMs, endMs } = window;
      const first: Held = { key, startMs, endMs, count };
      this.#held.set(id, first);
      this.#byEnd.add(endMs, first);
    } else {
      held.count = count;
    }
    this.#byEnd.take(this.#observedMs - this.#waitMs, (closed) => {
      this.#held.delete(idOf(closed));
      if (closed.count !== undefined) {
        this.#final({ ...closed, count: closed.count, latestMs: closed.endMs, live: false });
      }
    });
  }
}

function idOf({ startMs, endMs, key }: { startMs: number; endMs: number; key: string }): string {
  return `${startMs} ${endMs} ${key}`;
}
