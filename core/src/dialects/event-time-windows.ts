import { Agenda } from './agenda.ts';
import type { WindowCount, WindowGrid } from './windows.ts';

/** How sessions come about: `[first, last + gap)`. */
export interface SessionRule {
  readonly gapMs: number;
  /** Whether sessions join that only touch: a distance of exactly the gap is one session in Flink, two in Beam. */
  readonly touchingJoin: boolean;
  /** Whose end decides whether a record is too late: that of the session it reaches, or its own before any merging. */
  readonly lateBy: 'mergedSession' | 'ownWindow';
}

export interface EventTimeWindowsOptions {
  readonly windows: { readonly grid: WindowGrid } | { readonly session: SessionRule };
  /** How long after its first result a window still takes records. */
  readonly allowedLatenessMs: number;
}

/** A result of a window: the first when the watermark passes its end, later ones with every record that still gets in. */
export type Firing = (window: Readonly<WindowCount>, cause: 'watermark' | 'element') => void;

/** What became of a record: into how many windows it falls, and how many of them refused it. */
export interface Intake {
  assigned: number;
  refused: number;
}

/**
 * Windows that a watermark fires and later closes: Flink's `WindowOperator` with its `EventTimeTrigger`, Beam's default
 * trigger with late firings, and a consumer that does the same by hand. `W` is the highest event time of which no more is
 * expected, so that with the allowed lateness `L`
 *
 *     fires   <=>  last event time of the window <= W
 *     closed  <=>  last event time of the window + L <= W
 *
 *     [------ window ------)                     W passes the end: first result
 *                          |.... L ....|         a late record: another result
 *                                      |         state is gone, a record is refused
 */
export class EventTimeWindows {
  readonly #options: EventTimeWindowsOptions;
  readonly #windows = new Map<string, WindowCount[]>();
  readonly #toFire = new Agenda<WindowCount>();
  readonly #toClose = new Agenda<WindowCount>();
  readonly #intake: Intake = { assigned: 0, refused: 0 };
  #watermarkMs = Number.NEGATIVE_INFINITY;

  constructor(options: EventTimeWindowsOptions) {
    this.#options = options;
  }

  get intake(): Readonly<Intake> {
    return this.#intake;
  }

  get watermarkMs(): number {
    return this.#watermarkMs;
  }

  /** The answer is only lent until the next record. */
  take(key: string, eventMs: number, fired: Firing): Readonly<Intake> {
    this.#intake.assigned = 0;
    this.#intake.refused = 0;
    const { windows } = this.#options;
    if ('session' in windows) this.#takeIntoSession(key, eventMs, windows.session, fired);
    else this.#takeIntoGrid(key, eventMs, windows.grid, fired);
    return this.#intake;
  }

  /** A watermark that goes back, or stands still, changes nothing. */
  advance(watermarkMs: number, fired: Firing): void {
    if (watermarkMs <= this.#watermarkMs) return;
    this.#watermarkMs = watermarkMs;
    this.#toFire.take(watermarkMs, (window) => {
      if (window.live) fired(window, 'watermark');
    });
    this.#toClose.take(watermarkMs - this.#options.allowedLatenessMs, (window) => this.#forget(window));
  }

  #takeIntoGrid(key: string, eventMs: number, grid: WindowGrid, fired: Firing): void {
    const lastStartMs = grid.lastStartMs(eventMs);
    for (let s = grid.firstStartMs(eventMs, lastStartMs); s <= lastStartMs; s += grid.advanceMs) {
      this.#intake.assigned++;
      if (this.#isClosed(s + grid.sizeMs)) {
        this.#intake.refused++;
        continue;
      }
      const open = this.#windowsOf(key).findLast((window) => window.startMs === s);
      const window =
        open ?? this.#open({ key, startMs: s, endMs: s + grid.sizeMs, count: 0, latestMs: eventMs, live: true });
      this.#count(window, eventMs, fired);
    }
  }

  #takeIntoSession(key: string, eventMs: number, rule: SessionRule, fired: Firing): void {
    this.#intake.assigned = 1;
    const own = { key, startMs: eventMs, endMs: eventMs + rule.gapMs, count: 0, latestMs: eventMs, live: true };
    if (rule.lateBy === 'ownWindow' && this.#isClosed(own.endMs)) {
      this.#intake.refused = 1;
      return;
    }
    const merged = this.#windowsOf(key).filter((session) => joins(session, own, rule.touchingJoin));
    const startMs = merged.reduce((ms, session) => Math.min(ms, session.startMs), own.startMs);
    const endMs = merged.reduce((ms, session) => Math.max(ms, session.endMs), own.endMs);
    if (this.#isClosed(endMs)) {
      this.#intake.refused = 1;
      return;
    }
    const [only] = merged;
    if (merged.length === 1 && only!.startMs === startMs && only!.endMs === endMs) {
      this.#count(only!, eventMs, fired);
      return;
    }
    for (const session of merged) {
      own.count += session.count;
      own.latestMs = Math.max(own.latestMs, session.latestMs);
      this.#forget(session);
    }
    this.#count(this.#open({ ...own, startMs, endMs }), eventMs, fired);
  }

  #count(window: WindowCount, eventMs: number, fired: Firing): void {
    window.count++;
    if (eventMs > window.latestMs) window.latestMs = eventMs;
    if (window.endMs - 1 <= this.#watermarkMs) fired(window, 'element');
  }

  #isClosed(endMs: number): boolean {
    return endMs - 1 + this.#options.allowedLatenessMs <= this.#watermarkMs;
  }

  #windowsOf(key: string): WindowCount[] {
    return this.#windows.get(key) ?? [];
  }

  #open(window: WindowCount): WindowCount {
    const windows = this.#windows.get(window.key);
    if (windows) windows.push(window);
    else this.#windows.set(window.key, [window]);
    if (window.endMs - 1 > this.#watermarkMs) this.#toFire.add(window.endMs - 1, window);
    this.#toClose.add(window.endMs - 1, window);
    return window;
  }

  #forget(window: WindowCount): void {
    window.live = false;
    this.#toFire.delete(window.endMs - 1, window);
    this.#toClose.delete(window.endMs - 1, window);
    const windows = this.#windowsOf(window.key);
    const at = windows.indexOf(window);
    if (at >= 0) windows.splice(at, 1);
    if (windows.length === 0) this.#windows.delete(window.key);
  }
}

function joins(one: WindowCount, other: WindowCount, touchingJoin: boolean): boolean {
  return touchingJoin
    ? one.startMs <= other.endMs && one.endMs >= other.startMs
    : one.startMs < other.endMs && one.endMs > other.startMs;
}
