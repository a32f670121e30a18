import type { PolicySpec } from '../dialects/policy-spec.ts';
import { beamGrid, flinkGrid, kafkaStreamsGrid, type TimeWindowShape, type WindowGrid } from '../dialects/windows.ts';
import { slackMsOf } from './audit-policy.ts';
import type { Audited } from './audited.ts';
import { Extraction } from './extracted.ts';
import { begin, createJudgement, type Judgement, type PolicyRun, skip } from './judgement.ts';
import { type JudgingClock, judgingClock } from './judging-clock.ts';

/** Tumbling and hopping windows of any engine: no window is kept, only the clock. */
export class GridRun implements PolicyRun {
  readonly judgement: Judgement = createJudgement();
  readonly #grid: WindowGrid;
  readonly #clock: JudgingClock;
  readonly #slackMs: number;
  readonly #countsRecords: boolean;
  readonly #extraction: Extraction | undefined;

  constructor(spec: PolicySpec & { window: TimeWindowShape }, partitionCount: number) {
    this.#grid = gridOf(spec);
    this.#slackMs = slackMsOf(spec);
    this.#clock = judgingClock(spec, this.#slackMs, partitionCount);
    this.#countsRecords = spec.engine === 'flink';
    if (spec.engine === 'kafka-streams') this.#extraction = new Extraction(spec.timestampExtractor);
  }

  take(record: Audited, index: number): void {
    const { judgement } = this;
    const grid = this.#grid;
    this.#clock.arrive(record);
    const { closeMs } = this.#clock;
    judgement.observedMs = closeMs + this.#slackMs;
    if (this.#extraction === undefined) begin(judgement, record.eventMs);
    else if (!this.#extraction.begin(judgement, record, index)) return;
    else if (record.key === undefined) {
      skip(judgement, 'noKey');
      return;
    }
    const { eventMs } = judgement;
    const lastStartMs = grid.lastStartMs(eventMs);
    const firstStartMs = grid.firstStartMs(eventMs, lastStartMs);
    judgement.windows = Math.max(0, (lastStartMs - firstStartMs) / grid.advanceMs + 1);
    if (firstStartMs + grid.sizeMs <= closeMs) {
      const reachMs = Math.min(lastStartMs, closeMs - grid.sizeMs) - firstStartMs;
      judgement.refused = reachMs < 0 ? 0 : Math.floor(reachMs / grid.advanceMs) + 1;
    }
    if (judgement.refused === judgement.windows) judgement.isLost = eventMs < closeMs;
    judgement.counted = this.#countsRecords ? Number(judgement.isLost) : judgement.refused;
    this.#clock.pass(index, eventMs);
    judgement.passedMs = this.#clock.closeMs + this.#slackMs;
  }
}

export function gridOf({ engine, window }: PolicySpec & { window: TimeWindowShape }): WindowGrid {
  if (engine === 'kafka-streams') return kafkaStreamsGrid(window);
  return engine === 'beam' ? beamGrid(window) : flinkGrid(window);
}

export function hasGrid(spec: PolicySpec): spec is PolicySpec & { window: TimeWindowShape } {
  return spec.window.kind === 'tumbling' || spec.window.kind === 'hopping';
}
