import { expect, test } from 'vitest';
import { served } from '../../collector/test/served.ts';
import { browserCure } from '../../testbed/src/browser.ts';
import { type Story, type StoryProducer, tell } from '../../testbed/src/story/story.ts';
import { openPage } from './open-page.ts';
import { pageInBrowser } from './stories.ts';

// From a record to the page, without a network: the agent's fold, the real collector on a clock of the test's, a browser.

const startMs = 1_772_366_340_000;
const span = { fromMs: 60_000, toMs: 92_000 };
const a: StoryProducer = { name: 'A', ratePerSecond: 40 };
const b: StoryProducer = { name: 'B', ratePerSecond: 30 };
const world = (b: StoryProducer): Story => ({
  seed: 3,
  startMs,
  durationMs: 120_000,
  partitions: 4,
  producers: [a, b],
  policy: { id: 'tumbling 5s grace 2s', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 },
  group: 'orders-counter',
});

const inBrowser = pageInBrowser();

test.for<{ why: string; producer: StoryProducer; before?: RegExp; headline: RegExp; incident?: RegExp }>([
  {
    why: 'a producer that was cut off is named, with its length and the culprit',
    producer: { ...b, cut: span },
    headline: /^1 producer was cut off: \d+ records falsely late, \d+ dropped$/,
    incident: /^B cut off[\s\S]+orders-\d@\d+ of A/m,
  },
  {
    why: 'without a name it is told by its producer id',
    producer: { ...b, anonymousId: '4711', cut: span },
    headline: /^1 producer was cut off/,
    incident: /^producer 4711 cut off/m,
  },
  { why: 'an idle one is not accused', producer: { ...b, idle: span }, headline: /^All on time$/ },
  {
    why: 'a clock that was ahead',
    producer: { ...b, clock: { ...span, byMs: 5_000 } },
    headline: /^1 producer's clock ran ahead: [\d,]+ records falsely late, \d+ dropped$/,
    incident: /^B's clock ahead/m,
  },
  {
    why: 'a source that is out of order is told as truly late',
    producer: { ...b, unorderedMs: 15_000 },
    before: /records truly late, [\d,]+ dropped$/,
    headline: /^In the last 15 min: [\d,]+ records truly late, [\d,]+ dropped$/,
  },
])('$why', async ({ producer, before = /^All on time$/, headline, incident }, { skip }) => {
  const at = inBrowser();
  if (at === undefined) return skip(browserCure);
  const { folder, browser } = at;
  await using collector = await served({ nowMs: startMs, pageDirectory: folder });
  const { reports } = tell(world(producer));
  const early = Math.floor(reports.length / 2);
  const hear = async (report: (typeof reports)[number]): Promise<void> => {
    expect((await collector.post(report)).status).toBe(204);
    collector.tickAt(report.toMs + 50);
  };
  for (const report of reports.slice(0, early)) await hear(report);
  await using opened = await openPage(browser, collector.url);
  const { page } = opened;
  await page.locator('h1').filter({ hasText: before }).waitFor();
  // The rest it sees as it comes.
  for (const report of reports.slice(early)) await hear(report);
  await page.locator('h1').filter({ hasText: headline }).waitFor();
  const incidents = page.locator('.incident.open, .incident.closed');
  await expect.poll(() => incidents.count()).toBe(incident === undefined ? 0 : 1);
  if (incident === undefined) return;
  await page.locator('.incident.closed a').click();
  await page.locator('.facts').waitFor();
  expect(await page.locator('#incident').innerText()).toMatch(incident);
});
