import {
  type Assessment,
  type DropsByGroup,
  dropsOf,
  firstAssessment,
  type SeriesPoint,
  type State,
} from '@tidemark/core';
import { SeriesJson, shownMs } from './series-json.ts';

/** What a page is sent when it connects: all that it shows. */
export interface HelloEvent {
  readonly assessment: Assessment;
  readonly points: readonly SeriesPoint[];
}

/** What it is sent with each tick: the new assessment, and the points that changed; they replace those of the same second. */
export type TickEvent = HelloEvent;

const encoder = new TextEncoder();

/** A comment line: keeps proxies from closing a stream in which nothing happens. */
export const heartbeatFrame: Uint8Array = encoder.encode(': still here\n\n');

/** What is served: the latest tick, serialised once for all who ask. */
export class Board {
  readonly series: SeriesJson = new SeriesJson();
  readonly #state: State;
  #assessment: Assessment;
  #assessmentJson: string | undefined;
  #dropsJson: string | undefined;
  #helloFrame: Uint8Array | undefined;
  #changedJson = '[]';
  #isRestored = false;

  constructor(state: State, nowMs: number) {
    this.#state = state;
    this.#assessment = firstAssessment(nowMs);
  }

  get assessment(): Assessment {
    return this.#assessment;
  }

  /** False until the first tick of this process. */
  get ready(): boolean {
    return this.#assessment.tick > 0 && !this.#isRestored;
  }

  post(assessment: Assessment, changed: readonly SeriesPoint[]): void {
    this.#isRestored = false;
    this.#assessment = assessment;
    this.#assessmentJson = undefined;
    this.#dropsJson = undefined;
    this.#helloFrame = undefined;
    this.#changedJson = this.series.replaceFrom(assessment.revisedFromMs, changed);
  }

  /** What was served before the collector was started again. It is ready once it has judged anew. */
  restore(assessment: Assessment, points: readonly SeriesPoint[]): void {
    this.post(assessment, points);
    this.#isRestored = true;
  }

  get assessmentJson(): string {
    this.#assessmentJson ??= JSON.stringify(this.#assessment);
    return this.#assessmentJson;
  }

  get dropsJson(): string {
    this.#dropsJson ??= JSON.stringify(dropsOf(this.#state) satisfies DropsByGroup);
    return this.#dropsJson;
  }

  /** For a page that connects. */
  get helloFrame(): Uint8Array {
    const { nowMs } = this.#assessment;
    this.#helloFrame ??= this.#frame('hello', this.series.between(nowMs - shownMs, Number.POSITIVE_INFINITY));
    return this.#helloFrame;
  }

  /** For the pages that are open: made anew each time, so ask once a tick. */
  tickFrame(): Uint8Array {
    return this.#frame('tick', this.#changedJson);
  }

  #frame(event: 'hello' | 'tick', pointsJson: string): Uint8Array {
    return encoder.encode(`event: ${event}\ndata: {"assessment":${this.assessmentJson},"points":${pointsJson}}\n\n`);
  }
}
