import { Multiplexer } from './combined-watermark.ts';
import { Valve } from './valve.ts';
import { WatermarkGenerator, type WatermarkGeneratorOptions } from './watermark-generator.ts';
import { ReaderOutput, type WatermarkOutput } from './watermark-output.ts';

export interface SourceOptions extends WatermarkGeneratorOptions {
  /**
   * `merged`: one generator for all records. `perSplit`: one per partition within one source reader, as in the Kafka
   * source. `perChannel`: one per partition, each in a task of its own, joined by the valve of the next one.
   */
  readonly partitions: 'merged' | 'perSplit' | 'perChannel';
  readonly partitionCount: number;
}

/** The watermarks of a source with partitions, as the operator behind it sees them. */
export class Source {
  readonly #generators: readonly WatermarkGenerator[];
  readonly #onRecord: readonly WatermarkOutput[];
  readonly #onTick: readonly WatermarkOutput[];
  readonly #afterTicks: () => void;

  constructor(options: SourceOptions, out: WatermarkOutput) {
    const { partitions } = options;
    const count = partitions === 'merged' ? 1 : options.partitionCount;
    const each = <T>(make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
    this.#generators = each(() => new WatermarkGenerator(options));
    if (partitions === 'perSplit') {
      const splits = new Multiplexer(count, new ReaderOutput(out));
      this.#onRecord = each((split) => splits.immediate(split));
      this.#onTick = each((split) => splits.deferred(split));
      this.#afterTicks = () => splits.emit();
    } else {
      const valve = new Valve(count, out);
      this.#onRecord = each((channel) => new ReaderOutput(partitions === 'merged' ? out : valve.input(channel)));
      this.#onTick = this.#onRecord;
      this.#afterTicks = () => {};
    }
  }

  /** After the record itself went out: its own time is not yet in the watermark that judges it. */
  record(partition: number, eventMs: number): void {
    const at = this.#generators.length === 1 ? 0 : partition;
    this.#generators[at]!.record(eventMs, this.#onRecord[at]!);
  }

  tick(nowMs: number): void {
    for (const [at, generator] of this.#generators.entries()) generator.tick(nowMs, this.#onTick[at]!);
    this.#afterTicks();
  }
}
