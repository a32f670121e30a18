import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCollector } from '@tidemark/collector';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { CollectorClient } from '../../testbed/src/demo/collector-client.ts';
import { kafkajsWarnings, root, sourceFlags } from '../../testbed/src/demo/run-flags.ts';
import { createTopic, removeTraces } from '../../testbed/src/demo/topic.ts';
import { startChild } from '../../testbed/src/process/child.ts';

/** The sidecar as a user starts it, with a real collector, beside a topic of the test's own. */
export interface Sidecar {
  /** What it said on stderr. */
  readonly lines: readonly string[];
  stop(): Promise<{ readonly code: number | undefined }>;
}

export function startSidecar(options: {
  readonly brokers: readonly string[];
  readonly group: string;
  readonly collectorUrl: string;
  readonly flags?: readonly string[];
  readonly env?: { readonly [name: string]: string };
}): Sidecar {
  const { brokers, group, collectorUrl, flags = [], env = {} } = options;
  const lines: string[] = [];
  const child = startChild({
    command: process.execPath,
    args: [
      ...sourceFlags,
      ...kafkajsWarnings,
      'cli/src/main.ts',
      'agent',
      ...['--group', group, '--brokers', brokers.join(','), '--collector-url', collectorUrl, '--chrony', 'off'],
      ...flags,
    ],
    folder: root,
    env,
    onErrorLine: (line) => lines.push(line),
  });
  return { lines, stop: () => child.stop(patienceMs) };
}

const patienceMs = 60_000;

export interface Stage extends AsyncDisposable {
  readonly topic: string;
  readonly group: string;
  readonly collector: CollectorClient;
}

export async function setStage(brokers: readonly string[], partitions: number): Promise<Stage> {
  const topic = `follow-${randomUUID().slice(0, 8)}`;
  await createTopic(brokers, topic, partitions);
  const serving = await startCollector(
    {
      listen: { host: '127.0.0.1', port: 0 },
      tickMs: 1000,
      logLevel: 'silent',
      dashboard: undefined,
      store: undefined,
    },
    pino({ level: 'silent' }),
  );
  return {
    topic,
    group: topic,
    collector: new CollectorClient(new URL(serving.url).origin),
    [Symbol.asyncDispose]: async () => {
      await serving.close();
      await removeTraces(brokers, topic);
    },
  };
}

/** As `expect.poll`, also where no test runs yet. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > patienceMs) throw new Error(`waited ${patienceMs / 1000} s in vain: ${what}`);
    await sleep(200);
  }
}

export function kafkaOf(brokers: readonly string[]): Kafka {
  return new Kafka({ brokers: [...brokers], clientId: 'follow-test', logLevel: logLevel.NOTHING });
}

/** Everything that a follower could have changed: which groups there are, and where ours is. */
export async function groupsAndOffsets(brokers: readonly string[], group: string): Promise<unknown> {
  const admin = kafkaOf(brokers).admin();
  await admin.connect();
  try {
    const { groups } = await admin.listGroups();
    return {
      groups: groups.map(({ groupId }) => groupId).sort(),
      offsets: await admin.fetchOffsets({ groupId: group }),
    };
  } finally {
    await admin.disconnect();
  }
}
