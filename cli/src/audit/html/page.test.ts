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

interface Row {
  readonly append: number;
  readonly time: number;
  readonly source: string;
  readonly partition: number;
}

async function pageFor(name: string, rows: readonly Row[]): Promise<string> {
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  const read = readAuditSettings(['--file', path, '--window', 'tumbling:5s', '--grace', '2s']);
  if (!read.ok || read.value.policies.kind !== 'given') throw new Error('the settings are wrong');
  return pageOf(await auditHistory(read.value, [read.value.policies.policy], 0));
}

/** One source is cut off for half a minute; its name is not a nice one. */
async function page(): Promise<string> {
  const rows: Row[] = [];
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
  return pageFor(
    'orders',
    rows.map((row) => ({ ...row, append: Math.round(row.append) })),
  );
}

/** Five hundred sources with long names, each with a partition and a late record. */
async function manyPage(): Promise<string> {
  const startMs = Date.UTC(2026, 0, 5, 10);
  const rows = Array.from({ length: 500 }, (_, partition): Row[] => {
    const source = `payment-terminal-${1_000 + partition}.eu-central-1.example`;
    const at = (ms: number, append: number): Row => ({
      time: startMs + ms,
      append: startMs + append,
      source,
      partition,
    });
    return [at(0, partition), at(30_000, 30_000 + partition), at(1_000, 31_000 + partition)];
  });
  return pageFor(
    'many',
    rows.flat().toSorted((one, other) => one.append - other.append),
  );
}

test('one file, which asks nobody for anything, and in which no name does anything', async () => {
  const text = await page();
  const withoutLibrary = text.replace(/<script>\/\*![\s\S]*?<\/script>/, '');
  expect(withoutLibrary.length).toBeLessThan(text.length);
  expect(withoutLibrary).not.toMatch(/(src|href)=|url\(|@import|https?:/);
  expect(withoutLibrary).not.toContain('<b>B');
  expect(withoutLibrary).toContain('&lt;/script&gt;&lt;b&gt;B');
  expect(withoutLibrary).toContain('<td>producer cut off</td>');
});

test('of five hundred partitions the worst are listed and the others counted, and names are cut where they are the same', async () => {
  const text = await manyPage();
  expect(text).toContain('1,500 records, 500 sources, 500 partitions; event times');
  expect(text).toContain('And 400 partitions more');
  expect(text).toMatch(/"labels":\["…1\d{3}…"/);
});

test('without a record there is nothing to judge, and nothing is drawn', async () => {
  const text = await pageFor('untimed', [{ append: 0, time: -1, source: 'A', partition: 0 }]);
  expect(text).toContain('There is no record in it');
  expect(text).not.toContain('<canvas');
});

test('where no grace would lose anything there is no curve of it', async () => {
  const text = await pageFor('calm', [{ append: 0, time: 0, source: 'A', partition: 0 }]);
  expect(text).toContain('1 record, 1 source, 1 partition;');
  expect(text).not.toContain('<canvas');
});

const browser = await launchBrowser();
afterAll(() => browser?.close());

test.skipIf(browser === undefined && process.env.CI !== 'true').for([
  { why: 'one partition', made: page, charts: 3 },
  { why: 'five hundred', made: manyPage, charts: 4 },
])('draws its charts without a network, light, dark and narrow: $why', async ({ made, charts }) => {
  if (browser === undefined) throw new Error(browserCure);
  const path = join(folder, 'page.html');
  writeFileSync(path, await made());
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
    expect(canvases).toEqual({ count: charts, drawn: charts, overflow: 0 });
    expect(complaints).toEqual([]);
    await context.close();
  }
});
