import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readAuditSettings } from '@tidemark/config';
import { afterAll, expect, test } from 'vitest';
import { browserCure, launchBrowser } from '../../../../testbed/src/browser.ts';
import { auditHistory } from '../run-audit.ts';
import { pageOf } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One source is cut off for half a minute; its name is not a nice one. */
async function page(): Promise<string> {
  const rows: { append: number; time: number; source: string; partition: number }[] = [];
  for (let i = 0; i < 4_000; i++) {
    const time = Date.UTC(2026, 0, 5, 10) + i * 50;
    const isB = i % 2 === 1;
    const isCut = isB && i > 1_600 && i < 2_200;
    rows.push({
      append: isCut ? Date.UTC(2026, 0, 5, 10) + 2_200 * 50 + i / 100 : time + 10,
      time,
      source: isB ? '</script><b>B' : 'A',
      partition: 0,
    });
  }
  rows.sort((one, other) => one.append - other.append);
  const path = join(folder, 'orders.jsonl');
  writeFileSync(path, rows.map((row) => JSON.stringify({ ...row, append: Math.round(row.append) })).join('\n'));
  const read = readAuditSettings(['--file', path, '--window', 'tumbling:5s', '--grace', '2s']);
  if (!read.ok || read.value.policies.kind !== 'given') throw new Error('the settings are wrong');
  return pageOf(await auditHistory(read.value, [read.value.policies.policy], 0));
}

test('one file, which asks nobody for anything, and in which no name does anything', async () => {
  const text = await page();
  const withoutLibrary = text.replace(/<script>\/\*![\s\S]*?<\/script>/, '');
  expect(withoutLibrary.length).toBeLessThan(text.length);
  expect(withoutLibrary).not.toMatch(/(src|href)=|url\(|@import|https?:/);
  expect(withoutLibrary).not.toContain('<b>B');
  expect(withoutLibrary).toContain('&lt;/script&gt;&lt;b&gt;B');
  expect(withoutLibrary).toContain('producerCutOff');
});

const browser = await launchBrowser();
afterAll(() => browser?.close());

test.skipIf(browser === undefined && process.env.CI !== 'true')(
  'draws its charts without a network, light, dark and narrow',
  async () => {
    if (browser === undefined) throw new Error(browserCure);
    const path = join(folder, 'page.html');
    writeFileSync(path, await page());
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 1280],
      ['light', 380],
    ] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, offline: true });
      const opened = await context.newPage();
      const complaints: string[] = [];
      opened.on('pageerror', (error) => complaints.push(String(error)));
      opened.on('console', (message) => complaints.push(message.text()));
      await opened.goto(pathToFileURL(path).href);
      const canvases = await opened.evaluate(() => {
        const all = [...document.querySelectorAll('canvas')];
        const isDrawn = (canvas: HTMLCanvasElement): boolean =>
          canvas
            .getContext('2d')!
            .getImageData(0, 0, canvas.width, canvas.height)
            .data.some((value) => value > 0);
        return {
          count: all.length,
          drawn: all.filter(isDrawn).length,
          overflow: document.documentElement.scrollWidth - innerWidth,
        };
      });
      expect(canvases).toEqual({ count: 3, drawn: 3, overflow: 0 });
      expect(complaints).toEqual([]);
      await context.close();
    }
  },
);
