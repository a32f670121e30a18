import type { WindowCount } from '../windows.ts';

export interface WindowStoreOptions {
  readonly retentionMs: number;
  /** The time that a window is filed under: its start; for sessions its end. */
  readonly filedUnder: 'start' | 'end';
  /** A window filed under exactly `time - retention`: the time-ordered store behind onWindowClose still finds it, the plain one does not. */
  readonly edge: 'readable' | 'expired';
  /** Whether windows that can no longer be read are kept until their segment goes: onWindowClose finds sessions that way. */
  readonly keeps: 'readable' | 'segments';
}

/**
 * A window store of Kafka Streams on RocksDB (`AbstractRocksDBSegmentedBytesStore`, `AbstractSegments`). It has a clock of
 * its own, the highest time that was put. Windows older than the retention can no longer be read; they are destroyed a
 * segment at a time and later. Here they are let go as soon as nobody can ask for them any more, so that the state is
 * bounded by keys and open windows, not by segments of a minute or more.
 */
export class WindowStore {
  readonly #retentionMs: number;
  readonly #segmentMs: number;
  readonly #byEnd: boolean;
  readonly #unreadableEdgeMs: 0 | 1;
  readonly #keepsSegments: boolean;
  readonly #windows = new Map<string, WindowCount[]>();
  #timeMs = -1;
  #oldestSegment: number;
  #nextSweepMs: number;

  constructor({ retentionMs, filedUnder, edge, keeps }: WindowStoreOptions) {
    this.#retentionMs = retentionMs;
    this.#segmentMs = Math.max(Math.trunc(retentionMs / 2), 60_000);
    this.#byEnd = filedUnder === 'end';
    this.#unreadableEdgeMs = edge === 'expired' ? 1 : 0;
    this.#keepsSegments = keeps === 'segments';
    this.#oldestSegment = this.#segmentOf(this.#timeMs - retentionMs);
    this.#nextSweepMs = retentionMs;
  }

  /** The earliest filing time that can still be read. */
  get readableFromMs(): number {
    return this.#timeMs - this.#retentionMs + this.#unreadableEdgeMs;
  }

  /** What was filed before is destroyed: its segment is gone. */
  get destroyedBeforeMs(): number {
    return this.#oldestSegment > 0 ? this.#oldestSegment * this.#segmentMs : Number.NEGATIVE_INFINITY;
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

  /** What a put of a window that is already filed does: the store's clock moves on. */
  touch(window: WindowCount): boolean {
    const filedMs = this.filedMs(window);
    if (filedMs > this.#timeMs) {
      this.#timeMs = filedMs;
      this.#oldestSegment = Math.max(this.#oldestSegment, this.#segmentOf(filedMs - this.#retentionMs));
      if (filedMs >= this.#nextSweepMs) this.#sweep();
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

  /**
   * A new start of the task with its state on disk: windows are kept, the clock is not. What could no longer be read is
   * gone here; the engine may find it again if its segment is still there.
   */
  restart(): void {
    this.#sweep();
    this.#timeMs = -1;
    this.#oldestSegment = this.#segmentOf(this.#timeMs - this.#retentionMs);
    this.#nextSweepMs = this.#retentionMs;
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

  /** Once per retention, so that every window is looked at a few times in its life and no more. */
  #sweep(): void {
    this.#nextSweepMs = this.#timeMs + Math.max(1, this.#retentionMs);
    const oldestMs = this.#keepsSegments ? this.destroyedBeforeMs : this.readableFromMs;
    for (const [key, windows] of this.#windows) {
      let gone = 0;
      while (gone < windows.length && this.filedMs(windows[gone]!) < oldestMs) gone++;
      if (gone > 0) windows.splice(0, gone);
      if (windows.length === 0) this.#windows.delete(key);
    }
  }
}
