import { quantile, type Sketch } from '@tidemark/core';
import type { Quantiles } from './report-shape.ts';

export function quantilesOf(sketch: Sketch): Quantiles | undefined {
  if (sketch.count === 0) return undefined;
  const at = (q: number): number => Math.round(quantile(sketch, q)!);
  return { p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) };
}
