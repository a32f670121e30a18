import { audit } from '@tidemark/core';
import type { Block } from 'tidemark/history';
import { type Tally, timeFault } from './history.ts';
import type { KafkaNeeds, KafkaSetting } from './kafka-history.ts';

/** The records of a scan, one after the other. */
export class Cursor {
  readonly record: audit.Audited = audit.createAudited();
  readonly #blocks: AsyncIterator<Block>;
  readonly #setting: KafkaSetting;
  readonly #directory: audit.Directory;
  readonly #needs: KafkaNeeds;
  readonly #tally: Tally;
  readonly #arrivalMs: number[] = [];
  readonly #sources = new Map<number, number>();
  #block: Block | undefined;
  #at = 0;
  #keys: Buffer | undefined;

  constructor(
    blocks: AsyncIterator<Block>,
    of: { setting: KafkaSetting; directory: audit.Directory; needs: KafkaNeeds; tally: Tally },
  ) {
    this.#blocks = blocks;
    this.#setting = of.setting;
    this.#directory = of.directory;
    this.#needs = of.needs;
    this.#tally = of.tally;
  }

  /** False: the block has ended, and the next must be waited for. */
  step(): boolean {
    const block = this.#block;
    if (block === undefined) return false;
    while (this.#at < block.count) if (this.#fill(block, this.#at++)) return true;
    return false;
  }

  async next(): Promise<boolean> {
    while (!this.step()) {
      const { value, done } = await this.#blocks.next();
      if (done === true) return false;
      this.#enter(value);
    }
    return true;
  }

  async drain(take: (record: audit.Audited) => void): Promise<void> {
    while (await this.next()) {
      take(this.record);
      while (this.step()) take(this.record);
    }
  }

  #enter(block: Block): void {
    this.#block = block;
    this.#at = 0;
    this.record.place = this.#directory.placeOf(block.topic, block.partition);
    this.#keys =
      block.keys && Buffer.from(block.keys.bytes.buffer, block.keys.bytes.byteOffset, block.keys.bytes.length);
  }

  #fill({ topic, partition, offsets, createMs, appendMs, producerIds, keys }: Block, at: number): boolean {
    const { record } = this;
    const createdMs = createMs[at]!;
    const appendedMs = appendMs === undefined ? Number.NaN : appendMs[at]!;
    const eventMs = appendMs === undefined || this.#setting.eventTime === 'create' ? createdMs : appendedMs;
    const fault = eventMs === -1 ? 'no timestamp (-1)' : timeFault(eventMs);
    // Kafka Streams has rules of its own for times below zero, and they count.
    if (fault !== undefined && eventMs !== -1) {
      this.#tally.skip(fault, () => `${topic}-${partition}@${offsets[at]}`);
      return false;
    }
    record.eventMs = eventMs;
    record.offset = offsets[at]!;
    record.appendMs = appendedMs;
    const producerId = producerIds[at]!;
    const source = producerId < 0 ? undefined : this.#sources.get(producerId);
    record.source = source ?? this.#sourceOf(topic, partition, producerId);
    const before = this.#arrivalMs[record.place] ?? Number.NEGATIVE_INFINITY;
    const cameMs = appendMs === undefined ? createdMs : appendedMs;
    record.arrivalMs = this.#arrivalMs[record.place] = cameMs > before ? cameMs : before;
    const start = keys?.starts[at];
    record.key =
      start === -1
        ? undefined
        : start === undefined || this.#needs.keys !== 'identity'
          ? ''
          : this.#keys!.toString('latin1', start, keys!.ends[at]!);
    this.#tally.records++;
    return true;
  }

  #sourceOf(topic: string, partition: number, producerId: number): number {
    if (producerId < 0) return this.#directory.sourceOf({ kind: 'partition', topic, partition });
    const source = this.#directory.sourceOf({ kind: 'producer', producerId: String(producerId) });
    this.#sources.set(producerId, source);
    return source;
  }
}

/** By arrival; of two that came at once the one of the earlier partition first. Few partitions: a look at each is the quickest. */
export async function merge(cursors: readonly Cursor[], take: (record: audit.Audited) => void): Promise<void> {
  const more = await Promise.all(cursors.map((cursor) => cursor.next()));
  const open = cursors.filter((_, i) => more[i]);
  while (open.length > 0) {
    let first = 0;
    for (let i = 1; i < open.length; i++) {
      if (open[i]!.record.arrivalMs < open[first]!.record.arrivalMs) first = i;
    }
    const cursor = open[first]!;
    // As long as it stays before the others it is not compared again.
    let untilMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < open.length; i++) if (i !== first) untilMs = Math.min(untilMs, open[i]!.record.arrivalMs);
    let isOpen = true;
    do {
      take(cursor.record);
      isOpen = cursor.step() || (await cursor.next());
    } while (isOpen && cursor.record.arrivalMs < untilMs);
    if (!isOpen) open.splice(first, 1);
  }
}
