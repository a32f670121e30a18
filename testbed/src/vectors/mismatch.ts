/** One thing of a vector that came out otherwise than its file expects. */
export interface Mismatch {
  readonly where: string;
  readonly want: unknown;
  readonly got: unknown;
}
