import type { HistoryPlace, HistorySetting } from '@tidemark/config';
import type { audit } from '@tidemark/core';
import kafkajs from 'kafkajs';
import { registerCodecs } from 'tidemark/follow';
import { type Place, scan } from 'tidemark/history';
import { kafkaClient } from '../kafka-client.ts';
import { covered } from './coverage-tally.ts';
import { type History, HistoryFault, type HistoryTally, Tally } from './history.ts';
import { Cursor, merge } from './kafka-cursor.ts';
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
