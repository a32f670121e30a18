import { prng } from '../testbed/src/story/prng.ts';
import { medianOf } from './median.ts';

export interface Ratio {
  readonly median: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
}

const resamples = 2_000;

/**
 * One mean over another, of samples that were taken in turns, with the percentiles of a bootstrap over the turns: what was slow in
 * one turn was slow for both. Means, because Linux may count CPU in ticks as long as a block: right on average, nowhere else.
 */
export function ratioOfMeans(above: readonly number[], below: readonly number[]): Ratio {
  const turns = Math.min(above.length, below.length);
  const next = prng(20_261_127);
  const ratios: number[] = [];
  for (let i = 0; i < resamples; i++) {
    let sumAbove = 0;
    let sumBelow = 0;
    for (let j = 0; j < turns; j++) {
      const turn = Math.floor(next() * turns);
      sumAbove += above[turn]!;
      sumBelow += below[turn]!;
    }
    ratios.push(sumAbove / sumBelow);
  }
  ratios.sort((a, b) => a - b);
  const at = (share: number): number => ratios[Math.floor(share * (resamples - 1))]!;
  return { median: at(0.5), low: at(0.025), high: at(0.975) };
}

/**
 * The median of the ratios of each turn, with the order statistics that hold it with 95 %. For what is measured on a machine that
 * others use: a turn that one of them fell into is one turn, whatever it took.
 */
export function ratioOfTurns(above: readonly number[], below: readonly number[]): Ratio {
  return medianOf(below.map((each, turn) => above[turn]! / each));
}
