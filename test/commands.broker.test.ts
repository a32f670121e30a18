import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DropsByGroup, Incident } from '@tidemark/core';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { until } from '../agent/test/follow-stage.ts';
import { reportsOf } from '../collector/test/story.ts';
import { createTopic, removeTraces } from '../testbed/src/demo/topic.ts';
import { prng } from '../testbed/src/story/prng.ts';
import { commands } from './page-commands.ts';
import { type Typed, type } from './typed.ts';

// What the pages tell the reader to type where there is a cluster, typed: on a real broker, with its own addresses and names.

const { brokers, missing } = inject('broker');
const name = `typed-${randomUUID().slice(0, 8)}`;
const folder = mkdtempSync(join(tmpdir(), 'tidemark-typed-'));
const kafka = new Kafka({ clientId: name, brokers: [...brokers], logLevel: logLevel.NOTHING });
const partitions = 2;
const everyMs = 1_000;

interface Made {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly timestamp: string;
}

/** An event a second, and one in twenty is up to two minutes late. */
function events(at: { readonly fromMs: number; readonly count: number; readonly partitions: number }): Made[] {
  const { fromMs, count, partitions } = at;
  const random = prng(count);
  return Array.from({ length: count }, (_, i) => {
    const lateMs = random() < 0.05 ? Math.floor(random() * 120_000) : 0;
    return { partition: i % partitions, key: 'k', value: 'x', timestamp: String(fromMs + i * everyMs - lateMs) };
  });
}

/** Kafka Streams' rule: refused when its window and the grace end no later than the stream time of its partition. */
function refused(made: readonly Made[], { sizeMs, graceMs }: { readonly sizeMs: number; readonly graceMs: number }) {
  const streamTimes = new Map<number, number>();
  return made.filter(({ partition, timestamp }) => {
    const eventMs = Number(timestamp);
    const streamTimeMs = Math.max(eventMs, streamTimes.get(partition) ?? 0);
    streamTimes.set(partition, streamTimeMs);
    return Math.floor(eventMs / sizeMs) * sizeMs + sizeMs + graceMs <= streamTimeMs;
  }).length;
}

async function send(messages: readonly Made[]): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic: name, messages: [...messages] });
  await producer.disconnect();
}

/** Started now, ended in the end. */
const running: Typed[] = [];
const places: { collectorUrl: string; captureUrl: string; incident: string } = {
  collectorUrl: '',
  captureUrl: '',
  incident: '',
};
const ran = new Set<string>();

/** The commands of the pages that begin so, with the reader's own places in them. */
function inPages(start: RegExp): readonly string[] {
  const found = commands.map(({ command }) => command).filter((command) => start.test(command));
  expect(found.length, String(start)).toBeGreaterThan(0);
  for (const command of found) ran.add(command);
  const here: readonly (readonly [string, string])[] = [
    ['kafka:9092', brokers.join(',')],
    ['localhost:9092', brokers.join(',')],
    ['--topic orders', `--topic ${name}`],
    ['--group billing', `--group ${name}`],
    ['http://collector:8080', places.collectorUrl],
    ['http://127.0.0.1:8080', places.collectorUrl],
    ['0.0.0.0:8080', '127.0.0.1:0'],
    ['/var/lib/tidemark', join(folder, 'store')],
    ['today.jsonl.gz', join(folder, 'today.jsonl.gz')],
    ['producerCutOff-1772366301250-1', places.incident],
  ];
  return found.map((command) =>
    here
      .reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), command)
      .replace(/^tidemark /, 'npm run -s tidemark -- '),
  );
}

function start(line: string, env: { readonly [name: string]: string } = {}): Typed {
  const typed = type(line, env);
  running.push(typed);
  return typed;
}

async function finished(line: string): Promise<{ readonly code: number | undefined; readonly text: string }> {
  const typed = start(line, { TIDEMARK_COLLECTOR_URL: places.collectorUrl });
  const code = await typed.ended;
  return { code, text: typed.text() };
}

describe.skipIf(missing !== undefined)('typed', () => {
  const history = events({ fromMs: Date.now() - 3_000_000, count: 1_200, partitions });
  let consumer: Consumer;
  let capture: Typed;

  beforeAll(async () => {
    await createTopic(brokers, name, partitions);
    await send(history);
    consumer = kafka.consumer({ groupId: name });
    await consumer.connect();
    await consumer.subscribe({ topics: [name], fromBeginning: true });
    let seen = 0;
    await consumer.run({ autoCommitInterval: 200, eachMessage: async () => void seen++ });
    await until('the group to have read it all', () => seen === history.length);
  });
  afterAll(async () => {
    await Promise.all(running.map((typed) => typed.interrupt()));
    await consumer?.disconnect();
    await removeTraces(brokers, name);
    rmSync(folder, { recursive: true, force: true });
  });

  test('the collector starts, with a capture before it', async () => {
    const [line] = inPages(/^tidemark collector /) as [string];
    const collector = start(line);
    await expect.poll(collector.text).toContain('page and API at http://127.0.0.1:');
    places.collectorUrl = /page and API at (\S+)\//.exec(collector.text())![1]!;
    const [captureLine] = inPages(/-- capture /) as [string];
    capture = start(`${captureLine} --listen 127.0.0.1:0`);
    await expect.poll(capture.text).toContain('listening at http://127.0.0.1:');
    places.captureUrl = /listening at (\S+),/.exec(capture.text())![1]!;
    for (const report of reportsOf({ seed: 5, startMs: Date.now() - 120_000, seconds: 100, cut: [30, 60] })) {
      const answer = await fetch(`${places.captureUrl}/api/report`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(report),
      });
      expect(answer.status).toBe(204);
    }
    const incidents = async () =>
      (await (await fetch(`${places.collectorUrl}/api/incidents`)).json()) as readonly Incident[];
    await expect.poll(incidents).toMatchObject([{ kind: 'producerCutOff', status: 'closed' }]);
    places.incident = (await incidents())[0]!.id;
  });

  test('incidents: the list, all, as JSON, and one', async () => {
    for (const line of inPages(/^tidemark incidents( --all)?$/)) {
      const { code, text } = await finished(line);
      expect(text).toMatch(/✓ closed +B cut off +orders-counter +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d+ s/);
      expect(text).toMatch(/of B .*, falsely late:\s+it\s+was\s+cut\s+off/);
      expect(code).toBe(0);
    }
    for (const line of inPages(/^tidemark incidents --json/)) {
      const { code, text } = await finished(line);
      expect(JSON.parse(text)).toMatchObject([{ id: places.incident }]);
      expect(code).toBe(0);
    }
    for (const line of inPages(/^tidemark incidents producerCutOff-/)) {
      const { code, text } = await finished(line);
      expect(text).toMatch(/^B cut off: ✓ closed\n/);
      expect(text).toMatch(/\nCulprit record +orders-\d@\d+ of A/);
      expect(code).toBe(0);
    }
  });

  test('incidents --watch goes on until Ctrl-C', async () => {
    for (const line of inPages(/^tidemark incidents --watch$/)) {
      const watching = start(line, { TIDEMARK_COLLECTOR_URL: places.collectorUrl });
      await expect.poll(watching.text).toMatch(/✓ closed +orders-counter dropped .* of B .*, falsely late/);
      await watching.interrupt();
    }
  });

  test('status: how far the group is, in words and whole', async () => {
    for (const line of inPages(/^tidemark status$/)) {
      const { code, text } = await finished(line);
      expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: 1 agent, 1 task\n/);
      // Its reports are of two minutes ago, so its agent may be lost by now.
      expect(text).toMatch(/^GROUP +TASKS +TRUE TIME T .*\norders-counter +1(, 1 lost)? +\d\d:\d\d:\d\d/m);
      expect(code).toBe(0);
    }
    for (const line of inPages(/^tidemark status --all --json$/)) {
      const { code, text } = await finished(line);
      expect(JSON.parse(text)).toMatchObject({ groups: [{ group: 'orders-counter' }] });
      expect(code).toBe(0);
    }
  });

  test('the audit of a topic says what the engine would refuse', async () => {
    for (const line of inPages(/-- audit --topic /)) {
      const { code, text } = await finished(line);
      const dropped = refused(history, { sizeMs: 10_000, graceMs: 5_000 });
      expect(dropped).toBeGreaterThan(10);
      expect(text).toContain(`${name}: 1,200 records of 1 source in 2 partitions`);
      expect(text).toContain(`dropped-records-total ${dropped};`);
      expect(text).toContain('━━ would a replay give the same windows?');
      expect(code).toBe(0);
    }
  });

  test('the plan of a reprocessing has its five steps', async () => {
    for (const line of inPages(/-- reprocess plan /)) {
      const { code, text } = await finished(line);
      for (const step of [1, 2, 3, 4, 5]) expect(text).toMatch(new RegExp(`^## ${step}\\. `, 'm'));
      expect(text).toContain(`--group ${name} --topic ${name}:1 --reset-offsets --to-offset 0 --execute`);
      expect(text).toMatch(/1,200 records/);
      expect(code).toBe(0);
    }
  });

  test('the sidecar finds the group, and counts what the policy refuses', async () => {
    const drops = async (): Promise<number> => {
      const byGroup = (await (await fetch(`${places.collectorUrl}/api/drops`)).json()) as DropsByGroup;
      const ranges = Object.values(byGroup[name] ?? {}).flatMap((topics) => Object.values(topics[name] ?? {}).flat());
      return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    };
    for (const line of inPages(/^npm run -s tidemark -- agent /)) {
      const sidecar = start(line, { TIDEMARK_COLLECTOR_URL: places.captureUrl, TIDEMARK_CHRONY: 'off' });
      await expect.poll(sidecar.text).toContain(`follows group "${name}"; reports to ${places.captureUrl}`);
      await expect.poll(sidecar.text).toContain('plain consumers, 1 member, 2 partitions of 1 topic');
      if (line.includes('--window')) {
        // Into one partition: in which order a member takes its others is not told by what it commits.
        const live = events({ fromMs: Date.now() - 600_000, count: 600, partitions: 1 });
        const dropped = refused(live, { sizeMs: 60_000, graceMs: 30_000 });
        expect(dropped).toBeGreaterThan(3);
        await send(live);
        await expect.poll(drops).toBe(dropped);
      }
      await sidecar.interrupt();
    }
  });

  test('what was captured gives the verdicts again', async () => {
    await capture.interrupt();
    expect(capture.text()).toMatch(/\d+ reports in .*today\.jsonl\.gz/);
    for (const line of inPages(/-- audit --capture /)) {
      const { code, text } = await finished(line);
      expect(text).toMatch(/of B .*, falsely late: it was cut off from the broker for \d+ s/);
      expect(code).toBe(0);
    }
  });

  test('nothing that needs a cluster was left out', () => {
    const ours = commands.filter(({ command }) =>
      /^(npm run -s tidemark --|tidemark) (?!audit .*--file )/.test(command),
    );
    expect(ours.map(({ command }) => command).filter((command) => !ran.has(command))).toEqual([]);
  });
});
