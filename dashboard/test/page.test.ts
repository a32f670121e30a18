import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { inkOf, openPage, phone } from './open-page.ts';
import { hasText, nowMs, stories, told } from './stories.ts';
import { assessmentOf, emptyAssessment, forecastOf, pointAt, pointsOf, type Story } from './story.ts';
import { clocksOf, findingsOf, manyClocks } from './story-clocks.ts';
import { cutProducer, withProducers } from './story-producers.ts';
import { topologyOf } from './story-topology.ts';

// The built page in a real browser, against a scripted collector. `real-collector.test.ts` has the real one.

const cut = told({ cut: { sinceS: 100, forS: 32 } });
const vermillion = [194, 81, 0] as const;
const purple = [106, 63, 160] as const;

const story = stories();
const heading = (page: Page) => page.locator('h1');

describe('what it says', () => {
  story('nobody attached: how to', { assessment: emptyAssessment(nowMs), points: [] }, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    await opened.page.getByRole('heading', { name: 'No agent yet' }).waitFor();
    const command = await opened.page.locator('pre').innerText();
    expect(command).toContain(`TIDEMARK_COLLECTOR_URL=${new URL(server.url).origin}`);
    expect(command).toContain('node --import tidemark/register consumer.js');
  });

  story('a cut, in one sentence and in a picture', cut, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page
      .getByRole('heading', { name: '1 producer was cut off: 1,280 records falsely late, 1,024 dropped' })
      .waitFor();
    expect(await page.title()).toContain('1 producer was cut off');
    expect(await page.locator('#progress').getAttribute('aria-label')).toContain('B cut off for 31 s');
    await expect.poll(() => inkOf(page, 'progress', vermillion)).toBeGreaterThan(500);
    await page.locator('#late-table summary').click();
    await page.getByRole('row', { name: 'producer cut off falsely late 1,280 1,024 1,280 1,024' }).waitFor();
  });

  const group = { quiet: true, tasks: 12, isOneGroup: true, cut: { sinceS: 47 } };
  story('how far a group of many tasks is, and who holds it back', told(group), async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    const row = page.locator('#groups tbody tr');
    const held = 'B, in order-counts/member-1';
    await row.filter({ hasText: held }).waitFor();
    await hasText(page, 'member-1: orders, 4 partitions');
    expect((await row.innerText()).split('\t')).toEqual([
      'order-counts',
      '12',
      expect.stringMatching(/^\d\d:\d\d:\d\d\s+or later\s*$/),
      held,
      'up to 48 s, order-counts/member-1',
    ]);
  });

  const silent = { quiet: true, cut: { sinceS: 11 }, forecast: forecastOf(11) };
  story('a silence: nobody is accused, and what it would cost is said', told(silent), async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await heading(page).filter({ hasText: 'B is silent for 11 s: idle or cut off cannot be told' }).waitFor();
    const cost =
      'If it is cut off and came back now, about 160 of 440 records would be lost under tumbling 5s grace 5s.';
    expect(await page.locator('#headline').innerText()).toContain(cost);
    expect(await page.locator('.card .held').innerText()).toContain(cost);
    await page.locator('.incident.suspected a').click();
    await page.getByRole('heading', { name: 'What it would cost' }).waitFor();
    await page.goBack();
    const [incident] = told(silent).assessment.incidents;
    const { assessment, points } = told({ quiet: true }, nowMs + 1_000);
    const withdrawn = [{ ...incident!, status: 'withdrawn' as const }];
    server.tick({ assessment: { ...assessment, incidents: withdrawn }, points });
    await heading(page).filter({ hasText: 'All on time' }).waitFor();
    expect(await page.locator('.incident').first().isVisible()).toBe(false);
    await page.getByText('1 silence that came to nothing').click();
    await page.locator('.incident.withdrawn').waitFor();
  });

  const producers = { assessment: withProducers(nowMs, [cutProducer(nowMs, 32)]), points: [] };
  story('a host that produces only: what it watches, and no empty charts', producers, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await heading(page).filter({ hasText: 'is cut off from broker 2 for 32 s: 1,203 records wait' }).waitFor();
    expect((await page.locator('#agents li').first().innerText()).split('\n')).toEqual([
      '✕',
      'orders-eu-2, process 4711',
      'kafkajs 2.2.4 · last report 11:59:59',
      'producer no. 1: cut off from broker 2 for 32 s',
      '12,431 records acknowledged, 1,203 wait, the oldest for 32 s, 20 given up',
    ]);
    await hasText(page, 'No consumer is watched');
    expect(await page.locator('#progress-panel').isVisible()).toBe(false);
    server.tick(told({ quiet: true }, nowMs + 1_000));
    await heading(page).filter({ hasText: 'All on time' }).waitFor();
    expect(await page.locator('#progress-panel').isVisible()).toBe(true);
  });

  const held = { quiet: true, topology: topologyOf(nowMs) };
  story('groups and their watermarks: who holds back whom', told(held), async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await hasText(page, 'held back by orders-1, upstream in order-counts: 1,240 records not processed yet');
    await hasText(page, '2 idle inputs are left out, nothing comes there: payments-3, payments-4');
    expect(await page.locator('.graph .node').count()).toBe(4);
    expect(await page.locator('.graph .blocker').innerHTML()).toContain('order-counts');
    const [graph, side] = await Promise.all(
      ['#topology-panel', '.incidents-panel'].map((panel) => page.locator(panel).boundingBox()),
    );
    expect(graph!.x + graph!.width, 'a wide graph scrolls in its own column').toBeLessThanOrEqual(side!.x);
    expect(await page.locator('#watermarks').getAttribute('aria-label')).toBe(
      'billing: 36 s behind; order-counts: 35 s behind; order-counts/by-user: 36 s behind; payments: 1.4 s behind',
    );
    const payments = page.locator('#watermarks-legend button', { hasText: 'payments' });
    await payments.click();
    await expect.poll(() => payments.getAttribute('aria-pressed')).toBe('false');
    expect(await inkOf(page, 'progress', purple)).toBeGreaterThan(200);
    server.tick(told({ quiet: true }, nowMs + 1_000));
    await page.locator('#topology-panel').waitFor({ state: 'hidden' });
  });

  const clocks = { clocks: [...clocksOf(nowMs), ...manyClocks(nowMs, 50)], findings: findingsOf(nowMs) };
  story('fifty clocks: the worst are seen, the rest unfolds', told(clocks), async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    const items = page.locator('#clocks-rows .clocks > li');
    await hasText(page, 'at least +4.98 s (proved), at most unknown');
    expect(await items.count()).toBe(8);
    await page.getByText('48 more clocks: 46 within 1 ms, 2 not known so well').click();
    await expect.poll(() => items.count()).toBe(56);
    await page.getByText('How it contradicts itself').click();
    await page.getByText('time-b.example.org: batch-7 is at least +212 ms off').waitFor();
    expect(await page.locator('#clocks').getAttribute('aria-label')).toContain('batch-7: −212 ms to +188 ms, proved');
    server.tick(told(clocks, nowMs + 1_000));
    await hasText(page, 'Live · 12:00:01');
    expect(await items.count()).toBe(56);
    expect(await page.getByText('time-b.example.org: batch-7').isVisible()).toBe(true);
  });

  story('times are local, and UTC is behind them', cut, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url, { timezoneId: 'Asia/Kolkata' });
    const when = opened.page.locator('.incident time').first();
    expect(await when.innerText()).toBe('17:28:20');
    expect(await when.getAttribute('title')).toBe('2026-03-01 11:58:20.105 UTC');
  });
});

describe('it lives', () => {
  story(
    'ticks move it on: a producer falls silent, returns, and is named',
    told({ quiet: true }),
    async ({ server, browser }) => {
      await using opened = await openPage(browser, server.url);
      const { page } = opened;
      await page.getByRole('heading', { name: 'All on time' }).waitFor();
      const tick = (story: Story): void =>
        server.tick({ assessment: assessmentOf(story), points: [pointAt(story, story.nowMs)] });
      tick({ nowMs: nowMs + 12_000, quiet: true, cut: { sinceS: 11 } });
      await page.getByRole('heading', { name: 'B is silent for 11 s' }).waitFor();
      await hasText(page, 'Held back by B');
      tick({ nowMs: nowMs + 40_000, quiet: true, cut: { sinceS: 39, forS: 30 } });
      await page.getByRole('heading', { name: '1 producer was cut off: 1,200 records falsely late' }).waitFor();
      expect(await page.locator('#announcement').innerText()).toContain('1 producer was cut off');
    },
  );

  story('what the reader does outlasts the ticks', cut, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.locator('#late-table summary').click();
    await page.locator('#progress-legend button').nth(3).focus();
    await page.keyboard.press('Enter');
    for (let second = 1; second <= 3; second += 1) {
      server.tick(told({ cut: { sinceS: 100 + second, forS: 32 } }, nowMs + second * 1_000));
      await hasText(page, `Live · 12:00:0${second}`);
    }
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('B');
    expect(await page.locator('#progress-legend button').nth(3).getAttribute('aria-pressed')).toBe('false');
    expect(await page.locator('#late-table').getAttribute('open')).not.toBeNull();
  });

  story('a collector that goes away and comes back with less to tell', cut, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page, complaints } = opened;
    await heading(page).filter({ hasText: 'cut off' }).waitFor();
    server.goAway();
    await page
      .locator('#banner')
      .filter({ hasText: /Collector unreachable since \d\d:\d\d:\d\d/ })
      .waitFor();
    expect(await heading(page).innerText()).toContain('1 producer was cut off');
    expect(await page.title()).toBe('! Not connected · Tidemark');
    await expect.poll(() => page.locator('main').evaluate((it) => getComputedStyle(it).filter)).toBe('grayscale(1)');
    server.comeBack({
      assessment: assessmentOf({ nowMs, quiet: true }),
      points: pointsOf({ nowMs, quiet: true }, 3),
    });
    await page.locator('#banner').waitFor({ state: 'hidden' });
    await expect.poll(() => page.title()).toBe('All on time · Tidemark');
    // Nothing of the old collector's story is left beside the new one's.
    expect(await page.locator('.incident').count()).toBe(0);
    await expect.poll(() => inkOf(page, 'progress', vermillion)).toBeLessThan(300);
    // The browser itself writes down each attempt that failed.
    expect(complaints.every((text) => text.startsWith('Failed to load resource'))).toBe(true);
    complaints.length = 0;
  });

  story('a collector that stops talking without hanging up', cut, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    await opened.page.locator('#banner').filter({ hasText: 'Collector unreachable' }).waitFor();
    // It connects anew, is greeted, and all is well again.
    await hasText(opened.page, 'Live · 12:00:00');
  });

  story(
    'a hidden page draws nothing, and is up to date when it is seen again',
    told({ quiet: true, cut: { sinceS: 100, forS: 32 } }),
    async ({ server, browser }) => {
      await using opened = await openPage(browser, server.url);
      const { page } = opened;
      await hasText(page, 'Live · 12:00:00');
      const hide = (hidden: boolean) =>
        page.evaluate((hidden) => {
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
          document.dispatchEvent(new Event('visibilitychange'));
        }, hidden);
      await hide(true);
      server.tick(told({ quiet: true }, nowMs + 1_000));
      await page.waitForFunction(() => document.title.includes('All on time'));
      expect(await page.locator('#connection').innerText()).toContain('12:00:00');
      await hide(false);
      await hasText(page, 'Live · 12:00:01');
    },
  );
});

describe('it fits', () => {
  const many = told({ tasks: 500, partitions: 500, historyS: 60, cut: { sinceS: 50, forS: 32 } });

  story('500 tasks and 500 partitions: some of them, the rest counted and found', many, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await hasText(page, 'and 488 more');
    expect(await page.locator('.card').count()).toBe(12);
    expect(await page.locator('*').count()).toBeLessThan(2_500);
    await page.locator('#task-filter').fill('service-499');
    await page.locator('.card').first().filter({ hasText: 'service-499' }).waitFor();
    expect(await page.locator('.card').count()).toBe(1);
    await page.locator('#source-filter').fill('orders-497');
    await page.getByRole('rowheader', { name: 'orders-497' }).first().waitFor();
  });

  story('a task of one partition', told({ partitions: 1 }), async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    await hasText(opened.page, 'orders, partition 0');
    expect(await opened.page.locator('#task-filter').isHidden()).toBe(true);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    story(`a phone, ${colorScheme}`, cut, async ({ server, browser }) => {
      await using opened = await openPage(browser, `${server.url}#incident-cut-1`, { viewport: phone, colorScheme });
      const { page } = opened;
      await hasText(page, 'orders-0@143201 of A');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width);
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(ground).toBe(colorScheme === 'light' ? 'rgb(244, 246, 248)' : 'rgb(11, 17, 22)');
    });
  }

  story('the reader’s choice of colours outlasts a reload', cut, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url, { colorScheme: 'dark' });
    const { page } = opened;
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe('dark');
    await page.locator('#theme').click();
    expect(await theme()).toBe('light');
    await page.reload();
    await hasText(page, 'Live');
    expect(await theme()).toBe('light');
  });

  story('every control is reached by the keyboard alone', cut, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await hasText(page, 'Live');
    const reached = new Set<string>();
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      reached.add(
        await page.evaluate(() => {
          const at = document.activeElement;
          return at?.id || at?.getAttribute('name') || at?.getAttribute('data-line') || at?.nodeName || '';
        }),
      );
    }
    for (const control of ['window', 'theme', 'S', 'T', 'n:B', 'verdict:producerCutOff', 'SUMMARY', 'A']) {
      expect(reached).toContain(control);
    }
  });
});
