import { Random } from '../demo/random.ts';

/** Seeded choices. The same seed draws the same cases. */
export class Chance {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  between(low: number, high: number): number {
    return this.#random.between(low, high);
  }

  isTrue(probability: number): boolean {
    return this.#random.next() < probability;
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.#random.between(0, choices.length - 1)]!;
  }

  /** Mostly short, now and then very long: how networks delay. */
  heavyTail(scale: number): number {
    return Math.floor(scale * Math.min(50, 1 / Math.sqrt(1 - this.#random.next()) - 1));
  }
}
