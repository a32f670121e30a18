/** Placeholder until the sketch is written below in this file. */
export interface Sketch {
  readonly scale: number;
  readonly count: number;
  readonly zero: number;
  readonly positive: SketchSide;
  readonly negative: SketchSide;
}
export interface SketchSide {
  readonly offset: number;
  readonly counts: readonly number[];
}
