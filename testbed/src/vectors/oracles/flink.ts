import { dialects } from '@tidemark/core';
import { compare, compareSteps } from '../compare.ts';
import type { Mismatch } from '../mismatch.ts';
import { InputFault, integer, noOther, object, oneOf, optionalInteger } from './read.ts';
import { readTrace, type TraceRecord } from './trace.ts';
import { readWindow } from './window-spec.ts';
import { rowOf, WindowTable } from './window-table.ts';

interface FlinkSpec extends dialects.flink.SourceOptions, dialects.flink.WindowOperatorOptions {
  readonly intervalMs: number;
}

const informative: ReadonlySet<string> = new Set(['wall']);

/** `flink`, kind `window`: records and ticks in order of processing time, then the end of the input. */
export function judgeFlinkWindow(content: Record<string, unknown>): Mismatch[] {
  const spec = readFlinkSpec(object(content.spec, 'spec'));
  const trace = readTrace(content.trace, { arrivalsOrdered: true });
  const { emissions, ...want } = object(content.expected, 'expected');
  const run = new FlinkRun(spec);
  run.play(trace);
  return [
    ...compare(want, run.result(), 'expected', informative),
    ...compareSteps(emissions, run.emissions, 'expected.emissions', informative),
  ];
}

function readFlinkSpec(fields: Record<string, unknown>): FlinkSpec {
  const names = [
    'window',
    'outOfOrdernessMs',
    'allowedLatenessMs',
    'watermark',
    'partitions',
    'idleTimeoutMs',
    'partitionCount',
  ];
  noOther(fields, 'spec', names);
  const watermark = object(fields.watermark, 'spec.watermark');
  noOther(watermark, 'spec.watermark', ['emission', 'intervalMs']);
  const window = readWindow(fields.window);
  if (window.kind === 'sliding') throw new InputFault('spec.window.type', 'tumbling, hopping or session', 'sliding');
  const spec = {
    window,
    outOfOrdernessMs: integer(fields.outOfOrdernessMs, 'spec.outOfOrdernessMs'),
    allowedLatenessMs: integer(fields.allowedLatenessMs, 'spec.allowedLatenessMs'),
    emission: oneOf(watermark.emission, 'spec.watermark.emission', ['perRecord', 'periodic']),
    intervalMs: integer(watermark.intervalMs, 'spec.watermark.intervalMs', 0),
    idleTimeoutMs: optionalInteger(fields.idleTimeoutMs, 'spec.idleTimeoutMs', 1),
    partitions: oneOf(fields.partitions, 'spec.partitions', ['merged', 'perSplit', 'perChannel']),
    partitionCount: optionalInteger(fields.partitionCount, 'spec.partitionCount', 1) ?? 1,
  };
  const faults = dialects.flink.windowFaults(spec);
  if (faults[0]) throw new InputFault(`spec.${faults[0].path}`, faults[0].expected, faults[0].got);
  return spec;
}

type Step = { readonly at: 'record' | 'tick' | 'end'; readonly after: number };

class FlinkRun {
  readonly emissions: unknown[][] = [];
  readonly #spec: FlinkSpec;
  readonly #operator: dialects.flink.WindowOperator;
  readonly #source: dialects.flink.Source;
  readonly #table = new WindowTable();
  readonly #records: unknown[] = [];
  readonly #watermarks: unknown[] = [];
  #step: Step = { at: 'record', after: 0 };
  #late = 0;
  #lastWatermark: number | null = null;

  constructor(spec: FlinkSpec) {
    this.#spec = spec;
    this.#operator = new dialects.flink.WindowOperator(spec);
    this.#source = new dialects.flink.Source(spec, {
      watermark: (ms) => {
        this.#watermarks.push({ ...this.#step, watermark: ms });
        this.#operator.advance(ms, this.#fired);
      },
      idle: () => this.#watermarks.push({ ...this.#step, status: 'idle' }),
      active: () => this.#watermarks.push({ ...this.#step, status: 'active' }),
    });
  }

  play(trace: readonly TraceRecord[]): void {
    const { intervalMs, idleTimeoutMs = 0 } = this.#spec;
    const firstMs = trace[0]?.arrivalMs ?? 0;
    let tickMs = intervalMs > 0 ? firstMs + intervalMs : Number.POSITIVE_INFINITY;
    const tickUntil = (ms: number, after: number): void => {
      for (; tickMs <= ms; tickMs += intervalMs) {
        this.#begin({ at: 'tick', after });
        this.#source.tick(tickMs);
      }
    };
    for (const record of trace) {
      tickUntil(record.arrivalMs, record.i - 1);
      this.#begin({ at: 'record', after: record.i });
      this.#take(record);
    }
    const last = trace.length - 1;
    tickUntil((trace.at(-1)?.arrivalMs ?? 0) + 3 * Math.max(intervalMs, idleTimeoutMs), last);
    this.#lastWatermark = this.#watermark();
    this.#begin({ at: 'end', after: last });
    this.#operator.advance(Number.POSITIVE_INFINITY, this.#fired);
  }

  result(): unknown {
    return {
      records: this.#records,
      watermarks: this.#watermarks,
      windows: this.#table.sorted(),
      counters: { numLateRecordsDropped: this.#late, lateSideOutput: this.#late, lastWatermark: this.#lastWatermark },
    };
  }

  #take({ i, partition, key, eventMs }: TraceRecord): void {
    if (key === undefined) throw new InputFault(`trace[${i}].key`, 'a key: Flink does not take null', null);
    const watermark = this.#watermark();
    const late = this.#operator.take(key, eventMs, this.#fired);
    if (late) this.#late++;
    this.#source.record(partition, eventMs);
    this.#records.push({ i, watermark, late, watermarkAfter: this.#watermark() });
  }

  #watermark(): number | null {
    const ms = this.#operator.watermarkMs;
    return ms === Number.NEGATIVE_INFINITY ? null : ms;
  }

  #begin(step: Step): void {
    this.#step = step;
    this.emissions.push([]);
  }

  readonly #fired: dialects.Firing = (window, cause) => {
    this.emissions.at(-1)!.push({ ...this.#step, cause, window: rowOf(window) });
    this.#table.set(rowOf(window));
  };
}
