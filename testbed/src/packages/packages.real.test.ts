import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assessment } from '@tidemark/core';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { reportsOf } from '../../../collector/test/story.ts';
import { commands } from '../../../test/page-commands.ts';
import { createTopics } from '../broker/create-topics.ts';
import { type Child, startChild } from '../process/child.ts';
import { type InstalledProject, installPackages } from './installed.ts';

// What a stranger does: install the packages in a project of their own, start the collector, put one line before a consumer
// that they already have. Nothing of this repository is in reach of it but what was packed.

const { brokers, missing } = inject('broker');
const records = 50;
const topic = 'packages-orders';

/** The consumer that they already have, in both dialects of modules. */
const consumer = `
const kafka = new Kafka({ clientId: 'theirs', brokers: process.argv[2].split(','), logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: process.argv[3], maxWaitTimeInMs: 200 });
let seen = 0;
async function main() {
  await consumer.connect();
  await consumer.subscribe({ topics: ['${topic}'], fromBeginning: true });
  await consumer.run({ eachMessage: async () => { if (++seen === ${records}) console.log('seen all'); } });
}
main();
process.once('SIGTERM', () => consumer.disconnect().then(() => process.exit(0)));
`;
const consumers = {
  'consumer.mjs': `import { Kafka, logLevel } from 'kafkajs';\n${consumer}`,
  'consumer.cjs': `const { Kafka, logLevel } = require('kafkajs');\n${consumer}`,
};

describe.skipIf(missing !== undefined)('packages in a project outside of the repository', () => {
  let project: InstalledProject;
  const nodes = new Map<string, string>([['the Node of the tests', process.execPath]]);

  beforeAll(async () => {
    project = await installPackages(['kafkajs@2.2.4']);
    for (const version of ['22.15.0', '24.0.0']) nodes.set(version, await project.node(version));
    for (const [file, text] of Object.entries(consumers)) await writeFile(join(project.folder, file), text);
    await fill();
  });
  afterAll(() => rm(project.folder, { recursive: true, force: true }));

  test.for(['22.15.0', '24.0.0', 'the Node of the tests'])('on %s', async (version) => {
    const node = nodes.get(version)!;
    const collector = await startCollector(project.folder, node);
    const running: Child[] = [];
    try {
      for (const file of Object.keys(consumers)) {
        const group = `${file}-${version.replaceAll(' ', '-')}`;
        const host = await consume({ folder: project.folder, node, file, group, collectorUrl: collector.url });
        running.push(host.child);
        expect(host.ours[0]).toContain(`attached to kafkajs 2.2.4, group "${group}", eachMessage`);
        await expect.poll(() => seenBy(collector.url, group), { interval: 200 }).toBe(records);
      }
      const page = await (await fetch(collector.url)).text();
      const assets = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path!);
      expect(assets.length).toBeGreaterThan(1);
      for (const path of assets) expect((await fetch(new URL(path, collector.url))).status, path).toBe(200);
    } finally {
      await Promise.all([...running, collector.child].map((child) => child.stop()));
    }
  });

  test('the collector keeps what it acknowledged in tidemark-data, through a kill -9', async () => {
    const home = await mkdtemp(join(project.folder, 'home-'));
    const start = () => startCollector(project.folder, process.execPath, { home });
    const reports = reportsOf({ seed: 5, startMs: Date.now() - 120_000, seconds: 100, cut: [30, 60] });
    const first = await start();
    for (const report of reports) {
      const body = JSON.stringify(report);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(new URL('api/report', first.url), { method: 'POST', headers, body });
      expect(answer.status).toBe(204);
    }
    await expect
      .poll(() => factsOf(first.url))
      .toMatchObject({
        incidents: [{ kind: 'producerCutOff', status: 'closed' }],
      });
    const before = await factsOf(first.url);
    const cells = reports.flatMap(({ tasks }) => tasks.flatMap((task) => task.cells));
    const records = cells.reduce((sum, { count }) => sum + count, 0);
    expect(before.tasks).toMatchObject([{ group: 'orders-counter', records }]);
    process.kill(first.child.pid, 'SIGKILL');
    await first.child.ended;
    expect(await readdir(home)).toEqual(['tidemark-data']);
    const again = await start();
    try {
      await expect.poll(() => factsOf(again.url)).toEqual(before);
    } finally {
      await again.child.stop();
    }
  });

  test('npx starts the sidecar as its guide has it', async () => {
    const group = 'npx-group';
    const collector = await startCollector(project.folder, process.execPath);
    const at = { folder: project.folder, node: process.execPath, file: 'consumer.mjs', collectorUrl: collector.url };
    const host = await consume({ ...at, group });
    const { command } = commands.find(({ command }) => command.startsWith('npx @tidemark/cli agent '))!;
    const said: string[] = [];
    const sidecar = startChild({
      command: 'sh',
      args: ['-c', command.replace('billing', group).replace('kafka-1:9092,kafka-2:9092', brokers.join(','))],
      folder: project.folder,
      env: { TIDEMARK_COLLECTOR_URL: collector.url },
      onErrorLine: (line) => said.push(line),
    });
    try {
      await expect.poll(() => said.join('\n')).toContain('plain consumers, 1 member, 1 partition of 1');
      expect(said.join('\n')).toContain(`follows group "${group}"; reports to ${new URL(collector.url).origin};`);
    } finally {
      process.kill(-sidecar.pid, 'SIGINT');
      await Promise.all([sidecar.ended, host.child.stop(), collector.child.stop()]);
    }
  });

  test('a Node that is too old for a command says so', async () => {
    const node = await project.node('20.19.0');
    for (const command of ['collector', 'audit']) {
      const child = startChild({
        command: node,
        args: ['node_modules/.bin/tidemark', command],
        folder: project.folder,
      });
      expect(await child.ended).toEqual({
        code: 2,
        lastWords: [`tidemark ${command}: this is Node v20.19.0; it needs 22.15 or later, or 24`],
      });
    }
  });

  test('what is packed is small, and holds what it must', () => {
    const files = Object.entries(project.packedBytes);
    expect(files.map(([file]) => file.replace(/-\d.*/, '')).toSorted()).toEqual([
      'tidemark',
      'tidemark-cli',
      'tidemark-collector',
      'tidemark-config',
      'tidemark-core',
    ]);
    expect(files.filter(([, bytes]) => bytes > 500_000)).toEqual([]);
  });

  test('the sizes that the guide states are about right', async () => {
    const guide = await readFile(new URL('../../../docs/install.md', import.meta.url), 'utf8');
    const stated = [...guide.matchAll(/`@?(tidemark(?:\/\w+)?)` (?:\| |\()(\d+) kB/g)];
    expect(stated).toHaveLength(5);
    for (const [, name, kilobytes] of stated) {
      const file = new RegExp(`^${name!.replace('/', '-')}-\\d`);
      const [, bytes] = Object.entries(project.packedBytes).find(([packed]) => file.test(packed))!;
      expect(bytes / 1000 / Number(kilobytes), name).toBeGreaterThan(0.8);
      expect(bytes / 1000 / Number(kilobytes), name).toBeLessThan(1.2);
    }
  });
});

async function fill(): Promise<void> {
  const kafka = new Kafka({ clientId: 'filler', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await createTopics(admin, [{ topic, numPartitions: 1, replicationFactor: 1 }]);
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: Array.from({ length: records }, (_, i) => ({ value: String(i) })) });
  await producer.disconnect();
}

/** Keeps nothing, unless it has a home: there it keeps what it keeps where nobody says otherwise. */
async function startCollector(
  folder: string,
  node: string,
  { home }: { readonly home?: string } = {},
): Promise<{ readonly url: string; readonly child: Child }> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const child = startChild({
    command: node,
    args: [join(folder, 'node_modules/.bin/tidemark'), 'collector', '--listen', '127.0.0.1:0'],
    folder: home ?? folder,
    env: home === undefined ? {} : { TIDEMARK_STORE: undefined },
    onLine: (line) => {
      const [url] = /http:\S+/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    },
  });
  const url = await Promise.race([promise, child.ended]);
  if (typeof url === 'string') return { url, child };
  throw new Error(`the collector ended: ${url.lastWords.join('\n')}`);
}

/** Resolves when it has seen all records. It goes on, and its agent reports. */
async function consume(at: {
  readonly folder: string;
  readonly node: string;
  readonly file: string;
  readonly group: string;
  readonly collectorUrl: string;
}): Promise<{ readonly ours: readonly string[]; readonly child: Child }> {
  const ours: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const child = startChild({
    command: at.node,
    args: ['--import', 'tidemark/register', at.file, brokers.join(','), at.group],
    folder: at.folder,
    env: { TIDEMARK_COLLECTOR_URL: at.collectorUrl, TIDEMARK_CHRONY: 'off' },
    onLine: (line) => line === 'seen all' && resolve(),
    onErrorLine: (line) => line.startsWith('tidemark: ') && ours.push(line),
  });
  const ending = await Promise.race([promise, child.ended]);
  if (ending !== undefined) throw new Error(`${at.file} ended: ${ending.lastWords.join('\n')}`);
  return { ours, child };
}

async function seenBy(collectorUrl: string, group: string): Promise<number | undefined> {
  const assessment = (await (await fetch(new URL('api/assessment', collectorUrl))).json()) as Assessment;
  return assessment.tasks.find((task) => task.group === group)?.records;
}

/** What does not depend on when somebody looks. */
async function factsOf(collectorUrl: string) {
  const { tasks, totals, incidents } = (await (
    await fetch(new URL('api/assessment', collectorUrl))
  ).json()) as Assessment;
  return {
    tasks: tasks.map(({ id, group, records, late, dropped }) => ({ id, group, records, late, dropped })),
    totals,
    incidents: incidents.map(({ id, kind, status, start, end, dropped }) => ({
      id,
      kind,
      status,
      start,
      end,
      dropped,
    })),
  };
}
