import { BeamWindows } from '../dialects/beam.ts';
import { WindowOperator } from '../dialects/flink/index.ts';
import { type Aggregation, EngineStopped, nowhere } from '../dialects/kafka-streams/aggregation.ts';
import { windowedCount } from '../dialects/kafka-streams/windowed-count.ts';
import { PlainWindows } from '../dialects/plain.ts';
import type { PolicySpec } from '../dialects/policy-spec.ts';
import { slackMsOf } from './audit-policy.ts';
import type { Audited } from './audited.ts';
import { Extraction } from './extracted.ts';
import { begin, createJudgement, type Judgement, type PolicyRun, skip } from './judgement.ts';
import { type JudgingClock, judgingClock } from './judging-clock.ts';

type Streams = PolicySpec & { engine: 'kafka-streams' };

/** Sliding and session windows of Kafka Streams: which windows there are depends on the key and what came before. */
export class StreamsRun implements PolicyRun {
  readonly judgement: Judgement = createJudgement();
  readonly #count: Aggregation;
  readonly #extraction: Extraction;
  readonly #differenceMs: number | undefined;
  readonly #graceMs: number;
  readonly #record = { key: '' as string | undefined, eventMs: 0, hasValue: true, nowMs: 0 };

  constructor({ window, graceMs, retentionMs, timestampExtractor }: Streams) {
    this.#count = windowedCount({ window, graceMs, retentionMs });
    this.#extraction = new Extraction(timestampExtractor);
    this.#differenceMs = window.kind === 'sliding' ? window.differenceMs : undefined;
    this.#graceMs = graceMs;
  }

  take(record: Audited, index: number): void {
    const { judgement } = this;
    if (!this.#extraction.begin(judgement, record, index)) return;
    const isSliding = this.#differenceMs !== undefined;
    if (record.key === undefined || (isSliding && !record.hasValue)) {
      skip(judgement, record.key === undefined ? 'noKey' : 'noValue');
      return;
    }
    const { eventMs } = judgement;
    if (eventMs > judgement.observedMs) judgement.observedMs = judgement.passedMs = eventMs;
    this.#record.key = record.key;
    this.#record.eventMs = eventMs;
    this.#record.hasValue = record.hasValue;
    try {
      judgement.counted = this.#count.take(this.#record, nowhere);
    } catch (error) {
      if (!(error instanceof EngineStopped)) throw error;
      skip(judgement, 'stopped');
      return;
    }
    judgement.windows = 1;
    // A sliding record that is accepted may still make windows that are closed: the engine counts each of them.
    judgement.isLost = isSliding
      ? eventMs + this.#differenceMs! < judgement.observedMs - this.#graceMs
      : judgement.counted > 0;
    judgement.refused = Number(judgement.isLost);
  }
}

/** Sliding windows where keys were not read: which records are refused is known all the same, which windows is not. */
export class SlidingRecordsRun implements PolicyRun {
  readonly judgement: Judgement = createJudgement();
  readonly #extraction: Extraction;
  readonly #reachMs: number;

  constructor({ window, graceMs, timestampExtractor }: Streams) {
    this.#extraction = new Extraction(timestampExtractor);
    this.#reachMs = (window.kind === 'sliding' ? window.differenceMs : 0) + graceMs;
  }

  take(record: Audited, index: number): void {
    const { judgement } = this;
    if (!this.#extraction.begin(judgement, record, index)) return;
    const { eventMs } = judgement;
    if (eventMs > judgement.observedMs) judgement.observedMs = judgement.passedMs = eventMs;
    judgement.windows = 1;
    judgement.isLost = eventMs + this.#reachMs < judgement.observedMs;
    judgement.refused = Number(judgement.isLost);
    judgement.counted = judgement.refused;
  }
}

const unheard = (): void => {};

/** Sessions of Flink, Beam and plain consumers. */
export class SessionRun implements PolicyRun {
  readonly judgement: Judgement = createJudgement();
  readonly #clock: JudgingClock;
  readonly #slackMs: number;
  readonly #refuses: (key: string, eventMs: number) => boolean;
  readonly #advance: () => void;

  constructor(spec: Exclude<PolicySpec, Streams>, partitionCount: number) {
    this.#slackMs = slackMsOf(spec);
    this.#clock = judgingClock(spec, this.#slackMs, partitionCount);
    this.#advance = unheard;
    switch (spec.engine) {
      case 'flink': {
        const operator = new WindowOperator(spec);
        this.#refuses = (key, eventMs) => operator.take(key, eventMs, unheard);
        this.#advance = () => operator.advance(this.#clock.closeMs - 1 + spec.allowedLatenessMs, unheard);
        break;
      }
      case 'beam': {
        const windows = new BeamWindows(spec);
        this.#refuses = (key, eventMs) => windows.take(key, eventMs, unheard) > 0;
        break;
      }
      case 'plain': {
        const windows = new PlainWindows(spec);
        this.#refuses = (key, eventMs) => windows.take(key, eventMs, unheard) > 0;
        break;
      }
    }
  }

  take(record: Audited, index: number): void {
    const { judgement } = this;
    const { eventMs } = record;
    this.#clock.arrive(record);
    judgement.observedMs = this.#clock.closeMs + this.#slackMs;
    begin(judgement, eventMs);
    this.#advance();
    judgement.windows = 1;
    judgement.isLost = this.#refuses(record.key ?? '', eventMs);
    judgement.refused = Number(judgement.isLost);
    judgement.counted = judgement.refused;
    this.#clock.pass(index, eventMs);
    judgement.passedMs = this.#clock.closeMs + this.#slackMs;
  }
}
