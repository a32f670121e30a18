import { access, constants } from 'node:fs/promises';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Why there is no browser, and what to install. */
export const browserCure =
  'no Chromium starts here: set TIDEMARK_CHROMIUM to one, or install it (Debian: apt-get install --no-install-recommends chromium)';

// The flags that @sparticuz/chromium proposes run everything in one process, which ends with the first page that is closed.
const flags: readonly string[] = ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'];

/**
 * A headless Chromium: the one that TIDEMARK_CHROMIUM names, else the distribution's, else the one that comes from npm and
 * unpacks itself into the temporary folder. Undefined if none of them starts.
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const named = process.env.TIDEMARK_CHROMIUM;
  if (named !== undefined && named !== '') return chromium.launch({ executablePath: named, args: [...flags] });
  const candidates = [async () => '/usr/bin/chromium', () => sparticuz.executablePath()];
  for (const candidate of candidates) {
    try {
      const executablePath = await candidate();
      await access(executablePath, constants.X_OK);
      return await chromium.launch({ executablePath, args: [...flags] });
    } catch {
      // The next one may do; if none does, the caller says what to install.
    }
  }
  return undefined;
}
