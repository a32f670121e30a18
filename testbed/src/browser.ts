import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { cacheFolder } from './broker/jars.ts';

/** Why there is no browser, and what to install. */
export const browserCure =
  'no Chromium starts here: the one from npm needs the system package libnss3 (Debian: apt-get install --no-install-recommends libnss3); or install chromium, or name one with TIDEMARK_CHROMIUM';

// The flags that @sparticuz/chromium proposes run everything in one process, which ends with the first page that is closed.
const flags: readonly string[] = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
  '--disable-lcd-text',
];

/**
 * A headless Chromium: the one that TIDEMARK_CHROMIUM names, else the distribution's, else the one that comes from npm,
 * packed. Undefined if none of them starts.
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const named = process.env.TIDEMARK_CHROMIUM;
  if (named !== undefined && named !== '') return chromium.launch({ executablePath: named, args: [...flags] });
  for (const candidate of [async () => '/usr/bin/chromium', unpacked]) {
    try {
      const executablePath = await candidate();
      await access(executablePath, constants.X_OK);
      return await chromium.launch({ executablePath, args: [...flags], env: withFonts(executablePath) });
    } catch {
      // The next one may do; if none does, the caller says what to install.
    }
  }
  return undefined;
}

/**
 * Unpacks the browser from npm into the cache, the first time. It would unpack itself into the temporary folder, where a
 * second process takes the half that is there for all of it; here it gets its name only when it is whole.
 */
async function unpacked(): Promise<string> {
  const packed = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const { version } = JSON.parse(await readFile(join(dirname(packed), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const cache = cacheFolder();
  const folder = join(cache, `chromium-${version}`);
  const executable = join(folder, 'chromium');
  if (await exists(executable)) return executable;
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, '.chromium-'));
  try {
    const unpack = `await (await import(${JSON.stringify(packed)})).default.executablePath()`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpack], {
      env: { ...process.env, TMPDIR: partial },
    });
    await rename(partial, folder).catch(async (error: unknown) => {
      if (!(await exists(executable))) throw error;
    });
    return executable;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Its own fonts lie beside the browser from npm: pictures look alike on a machine that has none. */
function withFonts(executablePath: string): Record<string, string> {
  return { ...(process.env as Record<string, string>), XDG_DATA_HOME: join(dirname(executablePath), 'fonts') };
}
