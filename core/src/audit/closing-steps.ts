/** The record that moved the clock of a task past a step. */
export interface ClosingStep {
  readonly closeMs: number;
  readonly arrivalMs: number;
  readonly place: number;
  readonly offset: number;
}

const maxSteps = 16_384;

/** When a task's clock passed which time, in steps of its windows: who closed a window, and when. The oldest go first. */
export class ClosingSteps {
  readonly #stepMs: number;
  #steps: ClosingStep[] = [];
  #hasForgotten = false;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** The first comparison is all that most records cost. */
  note(closeMs: number, record: { readonly arrivalMs: number; readonly place: number; readonly offset: number }): void {
    if (!(closeMs >= this.#nextMs)) return;
    const { arrivalMs, place, offset } = record;
    this.#nextMs = (Math.floor(closeMs / this.#stepMs) + 1) * this.#stepMs;
    this.#steps.push({ closeMs, arrivalMs, place, offset });
    if (this.#steps.length <= maxSteps) return;
    this.#steps = this.#steps.slice(maxSteps / 2);
    this.#hasForgotten = true;
  }

  /** Undefined: not closed, or so long ago that it is forgotten. */
  closerOf(endMs: number): ClosingStep | undefined {
    const steps = this.#steps;
    if (steps.length === 0) return undefined;
    // The very first record of a task closes all that lies before it.
    if (steps[0]!.closeMs >= endMs) return this.#hasForgotten ? undefined : steps[0];
    let low = 0;
    let high = steps.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (steps[middle]!.closeMs < endMs) low = middle;
      else high = middle;
    }
    return steps[high];
  }
}
