import type { TrappedWindow } from './traps.ts';

/**
 * The sessions that are still open by the aggregation's own rule (`end >= O - gap - grace`), as a store that never forgets
 * would hold them. What the real one fails to find shows against it.
 */
export class SessionMemory {
  readonly #gapMs: number;
  readonly #graceMs: number;
  readonly #sessions = new Map<string, TrappedWindow[]>();
  #observedMs = Number.NEGATIVE_INFINITY;

  constructor(gapMs: number, graceMs: number) {
    this.#gapMs = gapMs;
    this.#graceMs = graceMs;
  }

  observe(eventMs: number): void {
    if (eventMs > this.#observedMs) this.#observedMs = eventMs;
  }

  remove({ key, startMs, endMs }: TrappedWindow): void {
    const others = this.#open(key).filter((session) => session.startMs !== startMs || session.endMs !== endMs);
    this.#sessions.set(key, others);
  }

  /** The session that the new one continues and that the store did not find; undefined if it found all there are. */
  put(hull: TrappedWindow): TrappedWindow | undefined {
    const open = this.#open(hull.key);
    const isSame = ({ startMs, endMs }: TrappedWindow): boolean => startMs === hull.startMs && endMs === hull.endMs;
    const forgotten = open.find((session) =>
      isSame(session) ? session.count >= hull.count : this.#reaches(session, hull),
    );
    this.#sessions.set(hull.key, [...open.filter((session) => !isSame(session)), hull]);
    return forgotten;
  }

  /** The aggregation starts to observe anew; its sessions stay in their store. */
  restart(): void {
    this.#observedMs = Number.NEGATIVE_INFINITY;
  }

  #reaches(session: TrappedWindow, hull: TrappedWindow): boolean {
    return session.endMs >= hull.startMs - this.#gapMs && session.startMs <= hull.endMs + this.#gapMs;
  }

  #open(key: string): TrappedWindow[] {
    const closeMs = this.#observedMs - this.#gapMs - this.#graceMs;
    const open = (this.#sessions.get(key) ?? []).filter(({ endMs }) => endMs >= closeMs);
    if (open.length === 0) this.#sessions.delete(key);
    return open;
  }
}
