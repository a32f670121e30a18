import type { Mismatch } from '../mismatch.ts';

/**
 * Collects what differs while one file is judged. Every key of an `expect` must be spoken for: one that no judge knows is a
 * mismatch, so that a new kind of expectation cannot pass by being overlooked.
 */
export class Expectations {
  readonly mismatches: Mismatch[] = [];

  fail(where: string, want: unknown, got: unknown): void {
    this.mismatches.push({ where, want, got });
  }

  same(where: string, want: unknown, got: unknown): void {
    if (JSON.stringify(want) !== JSON.stringify(got)) this.fail(where, want, got);
  }

  close(where: string, want: unknown, got: number | undefined, tolerance: number): void {
    // A tolerance that is not a number must fail, not compare as "not above".
    if (typeof want === 'number' && got !== undefined && Math.abs(got - want) <= tolerance) return;
    this.fail(where, want, got);
  }

  onlyKeys(where: string, found: object, known: readonly string[]): void {
    for (const key of Object.keys(found))
      if (!known.includes(key)) this.fail(`${where}.${key}`, found[key as never], 'no such expectation is known');
  }
}
