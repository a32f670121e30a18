import type { KnownClock } from '@tidemark/core';
import type { ClockWorld } from './clock-world.ts';

/** What the collector said of all clocks when it had solved them, and when that was. */
export interface Solved {
  readonly atMs: number;
  /** How long before that it may have been solved at most. */
  readonly ageMs: number;
  readonly clocks: readonly KnownClock[];
}

/** What is true of one clock. */
export interface Truth {
  /** How far it is ahead; undefined while it is being moved, when nobody can say. */
  readonly aheadMs: (atMs: number) => number | undefined;
  /** How well the test itself knows that. */
  readonly knownToMs: number;
  /** How much it gains of the time that passes. */
  readonly rate?: number;
}

const tickMs = 1_000;

/** Looks at the collector's API all the time, and holds what it says of clocks against the truth. */
export class Watch {
  readonly solved: Solved[] = [];
  readonly #timer: NodeJS.Timeout;
  #last = '';
  #lookedMs: number | undefined;

  constructor(world: ClockWorld) {
    const look = async (): Promise<void> => {
      const { nowMs, clocks } = await world.collector.assessment();
      const ageMs = nowMs - (this.#lookedMs ?? nowMs - tickMs);
      // Until the next tick it is the same assessment.
      if (ageMs > 0) this.#lookedMs = nowMs;
      const json = JSON.stringify(clocks);
      if (json === this.#last) return;
      this.#last = json;
      this.solved.push({ atMs: nowMs, ageMs: Math.max(tickMs, ageMs), clocks });
    };
    this.#timer = setInterval(() => void look().catch(() => undefined), 250);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Every word on that clock that was said to be proved and was not true. */
  falseProofs(name: string, { aheadMs, knownToMs, rate = 0 }: Truth): string[] {
    return this.#of(name).flatMap(({ atMs, ageMs, clock: { low, high } }) => {
      const truthMs = aheadMs(atMs);
      if (truthMs === undefined) return [];
      // A tenth of a second passes until a process takes up its clock.
      const unsureMs = knownToMs + Math.abs(rate) * (ageMs + 100);
      const isBelow = low.basis === 'proved' && low.ms > truthMs + unsureMs;
      const isAbove = high.basis === 'proved' && high.ms < truthMs - unsureMs;
      return isBelow || isAbove ? [`${name} at ${atMs}: ${JSON.stringify({ low, high })}, but ${truthMs}`] : [];
    });
  }

  /** Width of its interval each time that both ends were known. */
  widthsMs(name: string): number[] {
    return this.#of(name).flatMap(({ clock: { low, high } }) =>
      low.basis === 'unknown' || high.basis === 'unknown' ? [] : [high.ms - low.ms],
    );
  }

  everSuspect(name: string): boolean {
    return this.#of(name).some(({ clock }) => clock.isSuspect);
  }

  #of(name: string): { readonly atMs: number; readonly ageMs: number; readonly clock: KnownClock }[] {
    return this.solved.flatMap(({ atMs, ageMs, clocks }) => {
      const clock = clocks.find((known) => known.name === name);
      return clock === undefined ? [] : [{ atMs, ageMs, clock }];
    });
  }
}
