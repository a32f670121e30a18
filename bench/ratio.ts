import { prng } from '../testbed/src/story/prng.ts';

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
  return bootstrap(Math.min(above.length, below.length), (turns) => {
    const sumOf = (values: readonly number[]): number => turns.reduce((sum, turn) => sum + values[turn]!, 0);
    return sumOf(above) / sumOf(below);
  });
}

/**
 * One median over another, each of all samples of its turns, of which there may be several in one. For what is small beside the
 * noise of a machine that others use: a turn that one of them fell into is one turn, whatever it took.
 */
export function ratioOfMedians(above: readonly (readonly number[])[], below: readonly (readonly number[])[]): Ratio {
  return bootstrap(Math.min(above.length, below.length), (turns) => {
    const middleOf = (values: readonly (readonly number[])[]): number => {
      const sorted = turns.flatMap((turn) => values[turn]!).sort((one, other) => one - other);
      return sorted[sorted.length >> 1]!;
    };
    return middleOf(above) / middleOf(below);
  });
}

function bootstrap(turns: number, ratioOf: (turns: readonly number[]) => number): Ratio {
  const next = prng(20_261_127);
  const ratios = Array.from({ length: resamples }, () =>
    ratioOf(Array.from({ length: turns }, () => Math.floor(next() * turns))),
  );
  ratios.sort((a, b) => a - b);
  const at = (share: number): number => ratios[Math.floor(share * (resamples - 1))]!;
  return { median: at(0.5), low: at(0.025), high: at(0.975) };
}
