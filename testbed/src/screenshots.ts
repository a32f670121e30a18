/**
 * `npm run screenshots`: the pictures in `docs/images`, of the real collector and the built page, and of an audit. A seeded story
 * is told in real time by the agent's own fold: A and B produce, B is cut off for half a minute and comes back. It takes 80 seconds.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isConfirmed, type Report } from '@tidemark/core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { browserCure, launchBrowser } from './browser.ts';
import { CollectorClient } from './demo/collector-client.ts';
import { root, sourceFlags } from './demo/run-flags.ts';
import { PlainFailure } from './plain-failure.ts';
import { type Child, startChild } from './process/child.ts';
import { freePorts } from './process/free-port.ts';
import { type Story, tell } from './story/story.ts';

const images = join(root, 'docs', 'images');
/** What has happened before the pictures are begun is told at once, so that the time axis is full. */
const alreadyMs = 75_000;
const cut = { fromMs: alreadyMs + 12_000, toMs: alreadyMs + 44_000 };
/** The collector ticks this often, so that it sees each report by itself also of what is told at once. */
const tick = '100ms';
const paceMs = 120;
const desk = { width: 1240, height: 1_020 };
const phone = { width: 380, height: 1_110 };

function storyStarting(startMs: number): Story {
  return {
    seed: 7,
    startMs,
    durationMs: cut.toMs + 60_000,
    partitions: 4,
    producers: [
      { name: 'A', ratePerSecond: 40 },
      { name: 'B', ratePerSecond: 30, cut },
    ],
    policy: { id: 'tumbling 5s grace 2s', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 },
    group: 'order-counts',
  };
}

/** As from a host with a clock that chrony keeps: the story has none of its own. */
function withClock(report: Report): Report {
  const wander = Math.sin(report.toMs / 21_000);
  const reading = {
    atMs: report.toMs,
    offsetMs: 0.2 + 0.15 * wander,
    errorMs: 0.7 + 0.1 * Math.cos(report.toMs / 13_000),
    server: '127.0.0.1:323',
    epoch: 0,
  };
  return {
    ...report,
    agent: { ...report.agent, host: 'orders-eu-1', client: 'kafkajs 2.2.4' },
    clock: { source: 'chrony 127.0.0.1:323', readings: [reading], steps: [] },
  };
}

async function startCollector(): Promise<{ readonly collector: CollectorClient; readonly child: Child }> {
  const [port] = await freePorts(1);
  const child = startChild({
    command: process.execPath,
    args: [...sourceFlags, 'collector/src/main.ts'],
    folder: root,
    env: {
      TIDEMARK_LISTEN: `127.0.0.1:${port}`,
      TIDEMARK_LOG_LEVEL: 'warn',
      TIDEMARK_TICK: tick,
      TIDEMARK_STORE: 'off',
    },
  });
  const collector = new CollectorClient(`http://127.0.0.1:${port}`);
  for (let tries = 0; tries < 150 && child.ending === undefined; tries += 1) {
    if (await collector.isReady()) return { collector, child };
    await sleep(200);
  }
  await child.stop();
  throw new PlainFailure(`The collector does not start: ${child.ending?.lastWords.join(' ') ?? 'it is not ready'}`);
}

async function send(collector: CollectorClient, report: Report): Promise<void> {
  const answer = await fetch(`${collector.url}/api/report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(withClock(report)),
  });
  if (answer.status !== 204) throw new PlainFailure(`The collector refuses a report: ${await answer.text()}`);
}

async function open(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('[data-state="live"]').waitFor();
  return page;
}

async function save(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(images, `${name}.png`) });
  await page.context().close();
  console.log(`docs/images/${name}.png`);
}

async function picture(
  browser: Browser,
  url: string,
  shot: { readonly name: string; readonly minutes: number } & BrowserContextOptions,
): Promise<void> {
  const { name, minutes, ...options } = shot;
  const page = await open(browser, url, options);
  await page.getByText(`${minutes} min`, { exact: true }).click();
  await page.evaluate('scrollTo(0, 0)');
  // Until a tick has drawn it all once more.
  await sleep(1_500);
  await save(page, name);
}

/** Tells the story as it happens, what is already past at `paceMs` a report, until told to stop. */
async function tellInTime(collector: CollectorClient, reports: readonly Report[], stop: AbortSignal): Promise<void> {
  for (const report of reports) {
    await sleep(Math.max(paceMs, report.toMs - Date.now()), undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return;
    await send(collector, report);
  }
}

/** The page of the audit that the guide shows in words. */
async function auditPicture(browser: Browser): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-audit-'));
  try {
    const html = join(folder, 'audit.html');
    const policy = ['--window', 'tumbling:10s', '--grace', '5s'];
    const { code, lastWords } = await startChild({
      command: process.execPath,
      args: [
        ...sourceFlags,
        'cli/src/main.ts',
        'audit',
        '--file',
        'examples/orders.jsonl.gz',
        ...policy,
        '--html',
        html,
      ],
      folder: root,
    }).ended;
    if (code !== 0) throw new PlainFailure(`The audit fails: ${lastWords.join(' ')}`);
    const context = await browser.newContext({ viewport: { width: 1_180, height: 1_290 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(pathToFileURL(html).href);
    await save(page, 'audit-light');
  } finally {
    await rm(folder, { recursive: true });
  }
}

const browser = await launchBrowser();
if (browser === undefined) throw new PlainFailure(browserCure);
const { collector, child } = await startCollector();
const stop = new AbortController();
try {
  await mkdir(images, { recursive: true });
  await auditPicture(browser);
  await save(await open(browser, collector.url, { viewport: { width: 1440, height: 560 } }), 'empty');

  const startMs = Math.floor(Date.now() / 1000) * 1000 - alreadyMs;
  const telling = tellInTime(collector, tell(storyStarting(startMs)).reports, stop.signal);
  const returnMs = startMs + cut.toMs;
  const until = (atMs: number): Promise<unknown> => Promise.race([telling, sleep(atMs - Date.now())]);
  await until(returnMs - 10_000);
  await picture(browser, collector.url, { name: 'silent', minutes: 2, viewport: desk });
  // The cut is over when nothing more has come of it for a while.
  await until(returnMs + 20_000);
  const incident = (await collector.incidents('order-counts')).find(isConfirmed);
  if (incident === undefined) throw new PlainFailure('The story is told and the collector has no incident');
  const page = `${collector.url}/#incident-${incident.id}`;
  await save(await open(browser, page, { viewport: { width: 1240, height: 1_060 } }), 'incident');
  for (const colorScheme of ['light', 'dark'] as const) {
    await picture(browser, collector.url, { name: `cut-${colorScheme}`, minutes: 2, viewport: desk, colorScheme });
  }
  await picture(browser, collector.url, { name: 'phone', minutes: 2, viewport: phone, deviceScaleFactor: 1.5 });
  stop.abort();
  await telling;
} finally {
  stop.abort();
  await browser.close();
  await child.stop();
}
