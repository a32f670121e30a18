import type { WindowCount } from '../windows.ts';

export interface WindowStoreOptions {
  readonly retentionMs: number;
  /** The time that a window is filed under: its start; for sessions its end. */
  readonly filedUnder: 'start' | 'end';
  /** A window filed under exactly `time - retention`: the time-ordered store behind onWindowClose still finds it, the plain one does not. */
  readonly edge: 'readable' | 'expired';
}

/**
 * A window store of Kafka Streams on RocksDB (`AbstractRocksDBSegmentedBytesStore`, `AbstractSegments`). It has a clock of
 * its own, the highest time that was put. Windows older than the retention can no longer be read, but they are destroyed
 * a segment at a time and later; until then a restart, which forgets that clock, makes them readable again.
 */
export class WindowStore {
  readonly #retentionMs: number;
  readonly #segmentMs: number;
  readonly #byEnd: boolean;
  readonly #unreadableEdgeMs: 0 | 1;
  readonly #windows = new Map<string, WindowCount[]>();
  #timeMs = -1;
  #oldestSegment: number;

  constructor({ retentionMs, filedUnder, edge }: WindowStoreOptions) {
    this.#retentionMs = retentionMs;
    this.#segmentMs = Math.max(Math.trunc(retentionMs / 2), 60_000);
    this.#byEnd = filedUnder === 'end';
    this.#unreadableEdgeMs = edge === 'expired' ? 1 : 0;
    this.#oldestSegment = this.#segmentOf(this.#timeMs - retentionMs);
  }

  /** The earliest filing time that can still be read. */
  get readableFromMs(): number {
    return this.#timeMs - this.#retentionMs + this.#unreadableEdgeMs;
  }

  get size(): number {
    let size = 0;
    for (const windows of this.#windows.values()) size += windows.length;
    return size;
  }

  /** The windows of a key that can be read, filed from `fromMs` to `toMs`, youngest first. */
  read(key: string, fromMs: number, toMs: number): WindowCount[] {
    const oldestMs = Math.max(fromMs, this.readableFromMs);
    const found: WindowCount[] = [];
    const windows = this.#windows.get(key) ?? [];
    for (let i = windows.length - 1; i >= 0; i--) {
      const filedMs = this.filedMs(windows[i]!);
      if (filedMs < oldestMs) break;
      if (filedMs <= toMs) found.push(windows[i]!);
    }
    return found;
  }

  /** The window of a key that starts then, where windows are filed under their start. */
  at(key: string, startMs: number): WindowCount | undefined {
    if (startMs < this.readableFromMs) return undefined;
    const windows = this.#windows.get(key);
    if (windows === undefined) return undefined;
    let i = windows.length - 1;
    while (i >= 0 && windows[i]!.startMs > startMs) i--;
    return i >= 0 && windows[i]!.startMs === startMs ? windows[i] : undefined;
  }

  /** Files a new window, or replaces the same one. False if its segment is already gone: the engine counts that as a drop. */
  put(window: WindowCount): boolean {
    if (!this.touch(window)) return false;
    let windows = this.#windows.get(window.key);
    if (windows === undefined) {
      windows = [];
      this.#windows.set(window.key, windows);
    }
    let i = windows.length;
    while (i > 0 && this.#isBefore(window, windows[i - 1]!)) i--;
    const same = windows[i - 1];
    if (same !== undefined && same.startMs === window.startMs && same.endMs === window.endMs) {
      same.live = false;
      windows[i - 1] = window;
    } else {
      windows.splice(i, 0, window);
    }
    return true;
  }

  /** What a put of a window that is already filed does: the store's clock moves, and segments expire. */
  touch(window: WindowCount): boolean {
    const filedMs = this.filedMs(window);
    if (filedMs > this.#timeMs) {
      this.#timeMs = filedMs;
      const oldest = this.#segmentOf(filedMs - this.#retentionMs);
      if (oldest > this.#oldestSegment) this.#expire(oldest);
    }
    return this.#segmentOf(filedMs) >= this.#oldestSegment;
  }

  remove(window: WindowCount): void {
    window.live = false;
    const windows = this.#windows.get(window.key);
    const i = windows?.indexOf(window) ?? -1;
    if (i >= 0) windows!.splice(i, 1);
    if (windows?.length === 0) this.#windows.delete(window.key);
  }

  /** A new start of the task with its state on disk: segments are kept, the clock is not. */
  restart(): void {
    this.#timeMs = -1;
    this.#oldestSegment = this.#segmentOf(this.#timeMs - this.#retentionMs);
  }

  filedMs(window: WindowCount): number {
    return this.#byEnd ? window.endMs : window.startMs;
  }

  #isBefore(one: WindowCount, other: WindowCount): boolean {
    const byMs = this.filedMs(one) - this.filedMs(other);
    return byMs < 0 || (byMs === 0 && one.startMs < other.startMs);
  }

  /** Division towards zero, as Java has it: times between minus one interval and zero belong to segment 0. */
  #segmentOf(timeMs: number): number {
    return Math.trunc(timeMs / this.#segmentMs);
  }

  #expire(oldestSegment: number): void {
    this.#oldestSegment = oldestSegment;
    for (const [key, windows] of this.#windows) {
      let expired = 0;
      while (expired < windows.length && this.#segmentOf(this.filedMs(windows[expired]!)) < oldestSegment) {
        windows[expired]!.live = false;
        expired++;
      }
      if (expired > 0) windows.splice(0, expired);
      if (windows.length === 0) this.#windows.delete(key);
    }
  }
}
