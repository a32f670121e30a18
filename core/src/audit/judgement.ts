import type { Audited } from './audited.ts';

/** What an engine makes of a record; one object a run, filled again with each. */
export interface Judgement {
  /** Its event time, as the engine's extractor has it. */
  eventMs: number;
  /** The highest event time, or what stands for it in this engine's clock, that judged it. −∞: none yet. */
  observedMs: number;
  /** The same when the record has passed. */
  passedMs: number;
  /** Into how many windows it falls, and how many of them refused it. */
  windows: number;
  refused: number;
  /** All that could hold it refused it. */
  isLost: boolean;
  /** By how much the engine's own metric rises: `dropped-records-total`, `numLateRecordsDropped`, `droppedDueToLateness`. */
  counted: number;
  /** Why it never got to a window. `stopped`: the engine's application would have ended here. */
  skipped: Skipped | undefined;
}

export type Skipped = 'noKey' | 'noValue' | 'timestamp' | 'stopped';

/** One task under one policy. */
export interface PolicyRun {
  readonly judgement: Readonly<Judgement>;
  /** Judges the next record of the task; `index` is its partition's number within the task. */
  take(record: Audited, index: number): void;
}

export function createJudgement(): Judgement {
  return {
    eventMs: Number.NaN,
    observedMs: Number.NEGATIVE_INFINITY,
    passedMs: Number.NEGATIVE_INFINITY,
    windows: 0,
    refused: 0,
    isLost: false,
    counted: 0,
    skipped: undefined,
  };
}

export function begin(judgement: Judgement, eventMs: number): void {
  judgement.eventMs = eventMs;
  judgement.windows = 0;
  judgement.refused = 0;
  judgement.isLost = false;
  judgement.counted = 0;
  judgement.skipped = undefined;
}

export function skip(judgement: Judgement, why: Skipped): void {
  judgement.skipped = why;
  judgement.counted = why === 'stopped' ? 0 : 1;
}
