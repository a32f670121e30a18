import { Source } from '../dialects/flink/index.ts';
import type { PolicySpec } from '../dialects/policy-spec.ts';
import type { Audited } from './audited.ts';

/**
 * What an engine judges lateness by, as one number: windows that end at or before `closeMs` refuse. Kafka Streams counts the
 * record's own time in, the others judge by what came before; for windows, which end after their records, it is the same.
 */
export interface JudgingClock {
  readonly closeMs: number;
  /** Time passes until the record comes. */
  arrive(record: Audited): void;
  /** The record is judged, and counts from here on. */
  pass(index: number, eventMs: number): void;
}

/** The highest event time, less the slack: Kafka Streams, Beam, plain consumers. */
class HighestTime implements JudgingClock {
  closeMs: number = Number.NEGATIVE_INFINITY;
  readonly #slackMs: number;

  constructor(slackMs: number) {
    this.#slackMs = slackMs;
  }

  arrive(): void {}

  pass(_index: number, eventMs: number): void {
    const closeMs = eventMs - this.#slackMs;
    if (closeMs > this.closeMs) this.closeMs = closeMs;
  }
}

/** Flink's watermarks: per partition, with ticks of processing time where the policy has them. */
class FlinkWatermark implements JudgingClock {
  closeMs: number = Number.NEGATIVE_INFINITY;
  readonly #source: Source;
  readonly #intervalMs: number;
  readonly #livelyTicks: number;
  #tickMs = Number.NaN;

  constructor(spec: PolicySpec & { engine: 'flink' }, partitionCount: number) {
    const { allowedLatenessMs, watermarkIntervalMs, idleTimeoutMs, outOfOrdernessMs, partitions } = spec;
    this.#intervalMs = watermarkIntervalMs ?? 0;
    this.#livelyTicks = Math.ceil((idleTimeoutMs ?? 0) / Math.max(1, this.#intervalMs)) + 3;
    const emission = watermarkIntervalMs === undefined ? 'perRecord' : 'periodic';
    this.#source = new Source(
      { outOfOrdernessMs, idleTimeoutMs, emission, partitions, partitionCount },
      {
        watermark: (ms) => {
          if (ms + 1 - allowedLatenessMs > this.closeMs) this.closeMs = ms + 1 - allowedLatenessMs;
        },
        idle: () => {},
        active: () => {},
      },
    );
  }

  /** A tick that is due at or before the record's arrival comes before it; the first one is an interval after the first record. */
  arrive({ arrivalMs }: Audited): void {
    if (this.#intervalMs === 0) return;
    if (Number.isNaN(this.#tickMs)) this.#tickMs = arrivalMs + this.#intervalMs;
    for (let ticks = 0; this.#tickMs <= arrivalMs; this.#tickMs += this.#intervalMs) {
      this.#source.tick(this.#tickMs);
      // In a long silence nothing happens any more once everybody is idle: the rest of its ticks is passed over.
      if (++ticks === this.#livelyTicks) {
        const left = Math.floor((arrivalMs - this.#tickMs) / this.#intervalMs);
        this.#tickMs += Math.max(0, left - 1) * this.#intervalMs;
      }
    }
  }

  pass(index: number, eventMs: number): void {
    this.#source.record(index, eventMs);
  }
}

/** `partitionCount`: of the task; only watermarks per partition need it. */
export function judgingClock(spec: PolicySpec, slackMs: number, partitionCount: number): JudgingClock {
  return spec.engine === 'flink' ? new FlinkWatermark(spec, partitionCount) : new HighestTime(slackMs);
}
