import type { HistoryPlace, HistorySetting } from '@tidemark/config';
import { audit } from '@tidemark/core';
import kafkajs from 'kafkajs';
import { registerCodecs } from 'tidemark/follow';
import { type Block, type Coverage, type Place, scan } from 'tidemark/history';
import { kafkaClient } from '../kafka-client.ts';
import { type History, HistoryFault, type HistoryTally, Tally, timeFault } from './history.ts';
import { showProgress } from './progress.ts';

export type KafkaSetting = HistorySetting & { readonly kind: 'kafka' };

/** Partitions whose records are merged: each is read over a connection of its own, so that none waits for another. */
const maxMerged = 64;

export interface KafkaNeeds {
  /** `no`: none; `presence`: whether there is one; `identity`: which one. */
  readonly keys: 'no' | 'presence' | 'identity';
  /** Several partitions share a stream time, or causes are asked for. */
  readonly merged: boolean;
}

/** A history from a cluster, read as nobody's member and without committing. */
export async function kafkaHistory(
  setting: KafkaSetting,
  directory: audit.Directory,
  needs: KafkaNeeds,
  nowMs: number,
): Promise<History> {
  registerCodecs(kafkajs);
  const kafka = kafkaClient(setting, 'tidemark-audit');
  const partitions = await partitionsOf(kafka, setting.topics);
  for (const { topic, partition } of partitions) directory.placeOf(topic, partition);
  const isMerged = needs.merged && partitions.length > 1;
  if (isMerged && partitions.length > maxMerged) {
    throw new HistoryFault(
      `${partitions.length} partitions are too many to be merged by arrival (at most ${maxMerged}); ` +
        'audit them as tasks of their own with --tasks partition --causes off --order off, or fewer topics at once',
    );
  }
  const range = {
    isolation: setting.readCommitted ? ('readCommitted' as const) : ('readUncommitted' as const),
    from: scanPlace(setting.from, nowMs),
    to: scanPlace(setting.to, nowMs),
    needKeys: needs.keys !== 'no',
  };
  const open = (topic: string, only: readonly number[] | undefined) =>
    scan(kafka, { topic, ...range, ...(only === undefined ? {} : { partitions: only }) });
  const stamp = await peek(partitions.map(({ topic, partition }) => open(topic, [partition])));
  const byBroker = stamp === 'broker';
  const notes = [
    ...(stamp === 'producer' || stamp === 'mixed'
      ? [
          'The topic keeps no append times: a record is taken to have come when the youngest event before it in its partition had happened, so a clock that is ahead cannot be told from the truth.',
        ]
      : []),
    ...(byBroker && setting.eventTime === 'timestamp'
      ? [
          'The broker stamps the records (LogAppendTime), and that is what consumers judge by; --event-time create audits the times that their producers gave them.',
        ]
      : []),
    ...(needs.keys === 'no' ? ['Keys were not read: every record is taken to have one.'] : []),
  ];
  const read = async (take: (record: audit.Audited) => void): Promise<HistoryTally> => {
    const lanes = isMerged
      ? partitions.map(({ topic, partition }) => ({ topic, scan: open(topic, [partition]) }))
      : setting.topics.map((topic) => ({ topic, scan: open(topic, undefined) }));
    const tally = new Tally();
    const cursors = lanes.map(
      (lane) => new Cursor(lane.scan[Symbol.asyncIterator](), { setting, directory, needs, tally }),
    );
    const hide = showProgress(() => lanes.map((lane) => lane.scan.coverage()));
    try {
      if (isMerged) await merge(cursors, take);
      else for (const cursor of cursors) await cursor.drain(take);
    } catch (error) {
      throw new HistoryFault(`the scan failed: ${error instanceof Error ? error.message : error}`);
    } finally {
      hide();
    }
    return covered(
      tally,
      lanes.map((lane) => lane.scan.coverage()),
    );
  };
  const order = isMerged
    ? byBroker
      ? 'by append time, over all partitions'
      : 'partitions merged by the highest create time so far in each, since the topic keeps no append times'
    : 'that of the log, within each partition';
  return {
    shape: {
      name: setting.topics.join(', '),
      hasKeys: needs.keys === 'identity',
      appendTimes: byBroker ? 'broker' : 'modelled',
      choices: byBroker && setting.eventTime === 'create' ? ['event', 'broker'] : ['event'],
      order,
      notes,
    },
    placesKnown: true,
    read,
  };
}

async function partitionsOf(
  kafka: ReturnType<typeof kafkaClient>,
  topics: readonly string[],
): Promise<{ topic: string; partition: number }[]> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const known = await admin.listTopics();
    const missing = topics.filter((topic) => !known.includes(topic));
    if (missing.length > 0) throw new HistoryFault(`--topic: there is no topic ${missing.join(', ')} in this cluster`);
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    return found.flatMap(({ name, partitions }) =>
      partitions
        .map(({ partitionId }) => ({ topic: name, partition: partitionId }))
        .sort((one, other) => one.partition - other.partition),
    );
  } catch (error) {
    if (error instanceof HistoryFault) throw error;
    throw new HistoryFault(
      `the cluster cannot be asked: ${(error as Error).message}; check --brokers, --tls and --sasl`,
    );
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** Whose stamps the records carry, by the first block of each partition. */
async function peek(scans: readonly ReturnType<typeof scan>[]): Promise<'broker' | 'producer' | 'mixed' | 'none'> {
  const seen = new Set<boolean>();
  for (let at = 0; at < scans.length; at += 8) {
    await Promise.all(
      scans.slice(at, at + 8).map(async (one) => {
        for await (const block of one) {
          seen.add(block.appendMs !== undefined);
          break;
        }
      }),
    );
  }
  if (seen.size === 0) return 'none';
  if (seen.size === 2) return 'mixed';
  return seen.has(true) ? 'broker' : 'producer';
}

/** The records of a scan, one after the other. */
class Cursor {
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
async function merge(cursors: readonly Cursor[], take: (record: audit.Audited) => void): Promise<void> {
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

function covered(tally: Tally, coverages: readonly Coverage[]): HistoryTally {
  const partitions = coverages.flatMap(({ topic, partitions }) => partitions.map((of) => ({ topic, ...of })));
  for (const { topic, partition, skipped, unreadable } of partitions) {
    for (const [reason, count] of Object.entries(skipped)) {
      // What the log cleaner took and markers of transactions are no records that anybody would see.
      if (reason === 'compacted' || reason === 'markers' || count === 0) continue;
      const first =
        reason === 'unreadable' && unreadable[0] !== undefined ? `@${unreadable[0].offset}: ${unreadable[0].why}` : '';
      tally.skip(reasons[reason] ?? reason, () => `${topic}-${partition}${first}`, count);
    }
  }
  tally.bytes = coverages.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = partitions.filter(({ end }) => end.kind !== 'complete');
  if (parts.length === 0) return tally.result();
  const said = parts.slice(0, 5).map(({ topic, partition, fromOffset, nextOffset, toOffset, end }) => {
    const why = end.kind === 'failed' ? end.why : end.kind;
    return `${topic}-${partition} covers offsets ${fromOffset} to ${nextOffset} of ${toOffset} (${why})`;
  });
  return tally.result(`${said.join('; ')}${parts.length > 5 ? `; and ${parts.length - 5} more` : ''}`);
}

const reasons: { readonly [reason: string]: string } = {
  aborted: 'of transactions that were given up',
  removed: 'removed by retention before they could be read',
  unreadable: 'in batches that cannot be read',
};

function scanPlace(place: HistoryPlace, nowMs: number): Place {
  switch (place.kind) {
    case 'earliest':
    case 'latest':
      return place.kind;
    case 'offset':
      return { offset: place.offset };
    case 'time':
      return { timeMs: place.timeMs };
    case 'ago':
      return { timeMs: nowMs - place.agoMs };
  }
}
