/** What is wrong with a spec: where, what stands there, and the cure. */
export interface SpecFault {
  readonly path: string;
  readonly got: unknown;
  readonly expected: string;
}
