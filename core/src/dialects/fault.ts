/** What is wrong with a spec: where, what stands there, and the cure. */
export interface SpecFault {
  readonly path: string;
  readonly got: unknown;
  readonly expected: string;
}

/** Gathers every fault of a spec, so that all can be named at once. */
export class SpecFaults {
  readonly all: SpecFault[] = [];

  unless(isFine: boolean, path: string, got: unknown, expected: string): void {
    if (!isFine) this.all.push({ path, got, expected });
  }
}
