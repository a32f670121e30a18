import { prng } from '../story/prng.ts';

/**
 * Every thing in a world has a stream of random numbers of its own, named after it: a world without a fault then draws for all
 * else what the world with it drew, and the difference between them is what the fault did.
 */
export type Chance = () => number;

export function chanceOf(seed: number, ...names: readonly (string | number)[]): Chance {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of names.join('/')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return prng(hash ^ (hash >>> 15));
}

export function between(chance: Chance, low: number, high: number): number {
  return low + (high - low) * chance();
}

/** Evenly over the magnitudes. */
export function magnitude(chance: Chance, low: number, high: number): number {
  return low * (high / low) ** chance();
}

export function wholeBetween(chance: Chance, low: number, high: number): number {
  return Math.floor(between(chance, low, high + 1));
}

export function exponential(chance: Chance, mean: number): number {
  return -mean * Math.log(1 - chance());
}

export function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}

export function oneOf<T>(chance: Chance, choices: readonly T[]): T {
  return choices[Math.floor(chance() * choices.length)]!;
}

export function shuffled<T>(chance: Chance, items: readonly T[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(chance() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
