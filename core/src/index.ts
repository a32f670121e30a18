export type * from './assessment.ts';
export { assessLimits } from './assessment.ts';
export * from './finding.ts';
export * from './interval.ts';
export * from './observe.ts';
export * from './policy.ts';
export * from './report.ts';
export type { Sketch, SketchSide } from './sketch.ts';
export * from './source.ts';
