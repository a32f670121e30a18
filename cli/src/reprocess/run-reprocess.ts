import { setTimeout as sleep } from 'node:timers/promises';
import { faultLine, type ReprocessSettings, readReprocessSettings } from '@tidemark/config';
import { audit, formatCount, formatDuration } from '@tidemark/core';
import type { Admin } from 'kafkajs';
import { HistoryFault } from '../audit/history.ts';
import { kafkaHistory } from '../audit/kafka-history.ts';
import { policiesOf } from '../audit/policies.ts';
import { kafkaClient } from '../kafka-client.ts';
import { commandsOf, type GroupFacts, leadMsOf, type PartitionPlan, type ReprocessPlan, timeOf } from './plan.ts';
import { planText } from './plan-text.ts';

const maxRecorded = 5_000_000;

/** `tidemark reprocess plan`: what is to be done, in numbers; it does none of it. */
export async function runReprocess([word, ...flags]: readonly string[]): Promise<void> {
  if (word !== 'plan') {
    process.stderr.write(
      'tidemark reprocess: expected "plan", as in tidemark reprocess plan --group G --brokers B --since 2h --window tumbling:1m --grace 30s\n',
    );
    process.exitCode = 2;
    return;
  }
  const read = readReprocessSettings(flags, { password: process.env.TIDEMARK_PASSWORD });
  const policies = read.ok ? policiesOf(read.value.policies) : undefined;
  if (!read.ok || policies?.ok !== true) {
    for (const fault of [...(read.ok ? [] : read.faults), ...(policies?.ok === false ? policies.faults : [])]) {
      process.stderr.write(`tidemark reprocess: ${faultLine(fault)}\n`);
    }
    process.exitCode = 2;
    return;
  }
  try {
    const plan = await planReprocess(read.value, policies.value, Date.now());
    process.stdout.write(read.value.json ? `${JSON.stringify(plan)}\n` : planText(plan));
  } catch (error) {
    if (!(error instanceof HistoryFault)) throw error;
    process.stderr.write(`tidemark reprocess: ${error.message}\n`);
    process.exitCode = 2;
  }
}

export async function planReprocess(
  settings: ReprocessSettings,
  policies: readonly audit.AuditPolicy[],
  nowMs: number,
): Promise<ReprocessPlan> {
  const { since } = settings;
  const sinceMs = since.kind === 'time' ? since.timeMs : nowMs - since.agoMs;
  const leadMs = Math.max(...policies.map(({ spec }) => leadMsOf(spec, audit.slackMsOf(spec))));
  const startMs = sinceMs - leadMs;
  const admin = kafkaClient(settings, 'tidemark-reprocess').admin();
  try {
    await admin.connect();
    const { topics, internal, committed } = await topicsOf(admin, settings);
    const group = await groupOf(admin, settings.group, internal);
    const partitions = await partitionPlans(admin, { topics, committed, startMs });
    const measured = await measure(admin, settings, topics);
    const { impact, records, bytes, notes } = await impactOf(settings, policies, {
      topics,
      partitions,
      startMs,
      leadMs,
      nowMs,
    });
    const time = timeOf(records, throughputOf(settings, measured));
    return {
      tidemark: 'reprocess/1',
      group,
      sinceMs,
      startMs,
      leadMs,
      partitions,
      internalTopics: internal,
      commands: commandsOf(group, { bootstrap: settings.brokers.join(','), partitions, startMs }),
      volume: { records, bytes },
      time: { ...time, sentence: timeSentence(time) },
      impact,
      notes,
    };
  } catch (error) {
    if (error instanceof HistoryFault) throw error;
    throw new HistoryFault(
      `the cluster cannot be asked: ${(error as Error).message}; check --brokers, --tls and --sasl`,
    );
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

type Committed = ReadonlyMap<string, ReadonlyMap<number, number>>;

async function topicsOf(
  admin: Admin,
  { group, topics }: ReprocessSettings,
): Promise<{ topics: readonly string[]; internal: string[]; committed: Committed }> {
  const committed = await committedOf(admin, group);
  const known = await admin.listTopics();
  const internal = known
    .filter((name) => name.startsWith(`${group}-`) && /-(repartition|changelog)$/.test(name))
    .sort();
  const input = topics ?? [...committed.keys()].filter((name) => !internal.includes(name)).sort();
  if (input.length === 0)
    throw new HistoryFault(`group "${group}" has committed nothing; is it spelt right? --topic names what it reads`);
  const missing = input.filter((name) => !known.includes(name));
  if (missing.length > 0) throw new HistoryFault(`--topic: there is no topic ${missing.join(', ')} in this cluster`);
  return { topics: input, internal, committed };
}

async function committedOf(admin: Admin, groupId: string): Promise<Map<string, Map<number, number>>> {
  const found = await admin.fetchOffsets({ groupId });
  return new Map(
    found.map(({ topic, partitions }) => [
      topic,
      new Map(
        partitions
          .filter(({ offset }) => Number(offset) >= 0)
          .map(({ partition, offset }) => [partition, Number(offset)]),
      ),
    ]),
  );
}

async function groupOf(admin: Admin, id: string, internal: readonly string[]): Promise<GroupFacts> {
  const { groups } = await admin.describeGroups([id]);
  const { state = 'Unknown', members = [], protocol = '' } = groups[0] ?? {};
  return { id, state, members: members.length, isStreams: protocol === 'stream' || internal.length > 0 };
}

async function partitionPlans(
  admin: Admin,
  {
    topics,
    committed,
    startMs,
  }: { readonly topics: readonly string[]; readonly committed: Committed; readonly startMs: number },
): Promise<PartitionPlan[]> {
  const plans: PartitionPlan[] = [];
  for (const topic of topics) {
    const ends = await admin.fetchTopicOffsets(topic);
    const starts = await admin.fetchTopicOffsetsByTimestamp(topic, Math.max(0, startMs));
    for (const { partition, low, high } of ends.sort((one, other) => one.partition - other.partition)) {
      const startOffset = Number(starts.find((one) => one.partition === partition)?.offset ?? high);
      plans.push({
        topic,
        partition,
        committed: committed.get(topic)?.get(partition),
        startOffset,
        endOffset: Number(high),
        isCut: Number(low) > 0 && startOffset <= Number(low),
      });
    }
  }
  return plans;
}

interface Measured {
  readonly processed: number;
  readonly arrived: number;
  readonly lag: number;
  readonly seconds: number;
}

/** How fast the group commits and how fast its topics grow, over a while. */
async function measure(
  admin: Admin,
  { group, measureMs }: ReprocessSettings,
  topics: readonly string[],
): Promise<Measured> {
  const look = async (): Promise<{ committed: number; ends: number }> => {
    const committed = await committedOf(admin, group);
    let ends = 0;
    let done = 0;
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        ends += Number(high);
        done += committed.get(topic)?.get(partition) ?? 0;
      }
    }
    return { committed: done, ends };
  };
  const before = await look();
  const startedMs = performance.now();
  await sleep(measureMs);
  const after = await look();
  return {
    processed: Math.max(0, after.committed - before.committed),
    arrived: Math.max(0, after.ends - before.ends),
    lag: after.ends - after.committed,
    seconds: (performance.now() - startedMs) / 1_000,
  };
}

function throughputOf(
  settings: ReprocessSettings,
  { processed, arrived, lag, seconds }: Measured,
): Parameters<typeof timeOf>[1] {
  const arrival = arrived / seconds;
  if (settings.throughput !== undefined)
    return { throughput: settings.throughput, basis: 'as given by --throughput', arrival };
  const rate = processed / seconds;
  const over = `measured over ${formatDuration(seconds * 1_000)}`;
  if (rate === 0)
    return { throughput: undefined, basis: `${over}: the group committed nothing; give --throughput`, arrival };
  // A group that keeps up can only be seen to be as fast as data arrives.
  const isBusy = lag > 2 * rate;
  const basis = isBusy
    ? `${over} while the group was ${formatCount(lag)} records behind`
    : `${over} while the group kept up, so it is at least that; give --throughput for what it can do`;
  return { throughput: rate, basis, arrival };
}

function timeSentence({ throughput, basis, arrival, catchUpMs }: Omit<ReprocessPlan['time'], 'sentence'>): string {
  if (throughput === undefined) return `How fast the group is was not seen (${basis}).`;
  const rates = `${formatCount(Math.round(throughput))} records/s (${basis}) against ${formatCount(Math.round(arrival))} records/s that arrive`;
  return catchUpMs === undefined
    ? `At ${rates} it never catches up.`
    : `At ${rates} it has caught up after ${formatDuration(catchUpMs)}.`;
}

async function impactOf(
  settings: ReprocessSettings,
  policies: readonly audit.AuditPolicy[],
  given: {
    readonly topics: readonly string[];
    readonly partitions: readonly PartitionPlan[];
    readonly startMs: number;
    readonly leadMs: number;
    readonly nowMs: number;
  },
): Promise<{ impact: audit.Impact[]; records: number; bytes: number; notes: string[] }> {
  const lookbackMs = settings.lookbackMs ?? Math.max(600_000, 10 * given.leadMs);
  const directory = new audit.Directory();
  const history = await kafkaHistory(
    {
      kind: 'kafka',
      topics: given.topics,
      brokers: settings.brokers,
      tls: settings.tls,
      sasl: settings.sasl,
      from: { kind: 'time', timeMs: Math.max(0, given.startMs - lookbackMs) },
      to: { kind: 'latest' },
      readCommitted: false,
      eventTime: 'timestamp',
    },
    directory,
    { keys: 'no', merged: true },
    given.nowMs,
  );
  const recorded = new audit.Recorded(maxRecorded);
  const from: number[] = [];
  for (const { topic, partition, startOffset } of given.partitions)
    from[directory.placeOf(topic, partition)] = startOffset;
  let records = 0;
  const { bytes, records: all } = await history.read((record) => {
    if (record.offset >= (from[record.place] ?? 0)) records++;
    recorded.take(record);
  });
  const rows = policies
    .map((policy) => audit.impactOf(recorded, policy, directory, from))
    .filter((row) => row !== undefined);
  return {
    impact: rows,
    records,
    bytes: all === 0 ? 0 : Math.round((bytes * records) / all),
    notes: [
      `The live run is followed from ${formatDuration(lookbackMs)} before the start on (--lookback), in this order: ${history.shape.order}. Its restarts are not known.`,
      ...(rows.length < policies.length ? ['Which windows of sliding and session policies change is not told.'] : []),
      ...(recorded.isCut ? [`Only the first ${formatCount(maxRecorded)} records were compared.`] : []),
      ...history.shape.notes,
    ],
  };
}
