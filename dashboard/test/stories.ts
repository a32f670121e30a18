import { rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { browserCure, launchBrowser } from '../../testbed/src/browser.ts';
import { buildPage } from './open-page.ts';
import { PageServer, type Update } from './page-server.ts';
import { assessmentOf, pointsOf, type Story } from './story.ts';

export const nowMs = 1_772_366_400_000;

export const told = (story: Omit<Story, 'nowMs'>, atMs: number = nowMs): Update => {
  const whole = { nowMs: atMs, historyS: 300, ...story };
  return { assessment: assessmentOf(whole), points: pointsOf(whole) };
};

export const hasText = (page: Page, text: string): Promise<void> => page.getByText(text).first().waitFor();

export type StoryTest = (
  why: string,
  hello: Update,
  act: (at: { readonly server: PageServer; readonly browser: Browser }) => Promise<void>,
) => void;

/** The built page and a browser, for all tests of a file; undefined where no browser starts. */
export function pageInBrowser(): () => { readonly folder: string; readonly browser: Browser } | undefined {
  let folder: string | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    folder = buildPage();
    browser = await launchBrowser();
    if (browser === undefined && process.env.CI === 'true') throw new Error(browserCure);
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });
  return () => (browser === undefined || folder === undefined ? undefined : { folder, browser });
}

/** A story in a browser; where there is none, it is skipped and says what to install. */
export function stories(): StoryTest {
  const opened = pageInBrowser();
  return (why, hello, act) => {
    test(why, async ({ skip }) => {
      const at = opened();
      if (at === undefined) return skip(browserCure);
      const { folder, browser } = at;
      const server = new PageServer(folder, hello);
      await server.start();
      try {
        await act({ server, browser });
      } finally {
        await server.stop();
      }
    });
  };
}
