import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Builds the page into a folder of its own, as users get it: `dist` may be in use. */
export function buildPage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-dashboard-'));
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  execFileSync(process.execPath, [vite, 'build', 'dashboard', '--logLevel', 'error', '--outDir', folder], {
    cwd: root,
    stdio: 'inherit',
  });
  return folder;
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What the page complained of. A test that expects complaints takes them away. */
  readonly complaints: string[];
}

export const desk = { width: 1440, height: 900 } as const;
export const phone = { width: 380, height: 800 } as const;

/** Fails when disposed if the page had an error, or wrote one to the console. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: desk, timezoneId: 'UTC', locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  return {
    page,
    complaints,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      expect(complaints).toEqual([]);
    },
  };
}

/** The share of a canvas that something is drawn on: an empty chart has axes only. */
export function inkOf(page: Page, id: string, color: readonly [number, number, number]): Promise<number> {
  return page.evaluate(
    ({ id, color }) => {
      const canvas = document.getElementById(id) as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        const near = color.every((part, index) => Math.abs(part - data[at + index]!) < 24);
        if (near && data[at + 3]! > 200) found += 1;
      }
      return found;
    },
    { id, color },
  );
}
