import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Assessment, Report } from '@tidemark/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { factsOf } from '../../test/facts.ts';
import { served } from '../../test/served.ts';
import { type Started, start } from '../../test/started.ts';
import { reportsOf } from '../../test/story.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kills = 20;
const seed = 20_261_127;
const startMs = 1_700_000_000_000;

/** Four consumers, of which two see a cut, one a clock that is ahead, and one nothing. */
const stories = [{ cut: [25, 45] as const }, { cut: [60, 75] as const }, { aheadMs: 4_000 }, {}].map((story, i) =>
  reportsOf({ seed: seed + i, startMs, seconds: 150, agentId: `agent-${i}`, group: `group-${i}`, ...story }),
);

function counted(reports: readonly Report[]): number {
  const cells = reports.flatMap(({ tasks }) => tasks.flatMap((task) => task.cells));
  return cells.reduce((sum, { count }) => sum + count, 0);
}

/** As an agent does it: one report after the other, each until it is acknowledged. */
class Sender {
  acknowledged = 0;
  readonly #onAcknowledged: () => void;
  readonly #reports: readonly Report[];
  readonly #connection = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(reports: readonly Report[], onAcknowledged: () => void) {
    this.#reports = reports;
    this.#onAcknowledged = onAcknowledged;
  }

  get acknowledgedRecords(): number {
    return counted(this.#reports.slice(0, this.acknowledged));
  }

  /** Sends until such a share of all is sent, or nobody answers. */
  async send(url: URL, share: number): Promise<void> {
    while (this.acknowledged < Math.floor(share * this.#reports.length)) {
      const status = await this.#post(url, this.#reports[this.acknowledged]!);
      if (status === undefined) return;
      if (status !== 204) continue;
      this.acknowledged++;
      this.#onAcknowledged();
    }
  }

  #post(url: URL, report: Report): Promise<number | undefined> {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    return new Promise((resolve) => {
      const sent = request(new URL('/api/report', url), { method: 'POST', headers, agent: this.#connection });
      sent.on('error', () => resolve(undefined));
      sent.on('response', (response) => {
        response.resume().on('error', () => {});
        response.on('close', () => resolve(response.statusCode));
      });
      sent.end(gzipSync(JSON.stringify(report)));
    });
  }
}

async function started(): Promise<{ readonly collector: Started; readonly url: URL }> {
  const flags = ['--listen', '127.0.0.1:0', '--tick', '100ms', '--store', folder, '--snapshot-interval', '1s'];
  const collector = start([...flags, '--log-level', 'warn']);
  const line = await collector.firstLine;
  expect(line, collector.out().stderr).toMatch(/page and API at/);
  const url = new URL(/http:\S+/.exec(line)![0]);
  await expect.poll(async () => (await fetch(new URL('/ready', url))).status, { interval: 20 }).toBe(200);
  return { collector, url };
}

async function assessmentAt(url: URL): Promise<Assessment> {
  return (await (await fetch(new URL('/api/assessment', url))).json()) as Assessment;
}

async function uninterrupted() {
  await using server = await served({ nowMs: Date.now() });
  for (let i = 0; i < stories[0]!.length; i++) {
    for (const story of stories) await server.post(story[i]);
    await server.tickAt(Date.now());
  }
  return { ...factsOf(server.collector.board.assessment), drops: await (await server.get('/api/drops')).json() };
}

test(`killed ${kills} times under load, a collector loses nothing that it acknowledged and counts nothing twice`, async () => {
  const random = prng(seed);
  let [left, end] = [0, () => {}];
  const senders = stories.map((reports) => new Sender(reports, () => --left === 0 && end()));
  for (let kill = 0; kill < kills; kill++) {
    const where = `seed ${seed}, kill ${kill}`;
    const { collector, url } = await started();
    await using _ = collector;
    const { tasks } = await assessmentAt(url);
    const records = tasks.reduce((sum, task) => sum + task.records, 0);
    const acknowledged = senders.reduce((sum, sender) => sum + sender.acknowledgedRecords, 0);
    expect(records, `${where}: acknowledged and lost`).toBeGreaterThanOrEqual(acknowledged);
    // Most die while they make a snapshot; of some it is known that they have one.
    if (kill % 4 === 3) await expect.poll(() => snapshots(url)).toBeGreaterThan(0);
    // The others have a report on its way when one of them hears that its own is kept.
    left = 1 + Math.floor(random() * 25);
    const enough = new Promise<void>((resolve) => {
      end = resolve;
    });
    // However late the kill comes, there is something left to send for each of those that follow.
    const sending = senders.map((sender) => sender.send(url, (kill + 1) / (kills + 1)));
    await enough;
    await sleep(random() * 3);
    collector.child.kill('SIGKILL');
    await collector.ended;
    await Promise.all(sending);
  }
  const { collector, url } = await started();
  await using _ = collector;
  await Promise.all(senders.map((sender) => sender.send(url, 1)));
  const want = await uninterrupted();
  expect(want.incidents.map(({ kind }) => kind).sort()).toEqual(['clockAhead', 'producerCutOff', 'producerCutOff']);
  const got = async () => ({
    ...factsOf(await assessmentAt(url)),
    drops: await (await fetch(new URL('/api/drops', url))).json(),
  });
  await expect.poll(got).toEqual(want);
});

async function snapshots(url: URL): Promise<number> {
  const metrics = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^tidemark_store_snapshots_total (\d+)$/m.exec(metrics)?.[1]);
}
