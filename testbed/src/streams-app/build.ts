import { createHash } from 'node:crypto';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../broker/jars.ts';
import { findMaven } from '../broker/java.ts';
import { PlainFailure } from '../plain-failure.ts';
import { startChild } from '../process/child.ts';
import { bequeath } from '../process/last-will.ts';

const project = fileURLToPath(new URL('../../streams-app', import.meta.url));

/**
 * The class path of the Kafka Streams application, built by Maven the first time and whenever its sources have changed: its
 * folder in the cache is named by their hash. It gets that name only when it is complete.
 */
export async function builtStreamsApp(onProgress: (line: string) => void): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, `streams-app-${await hashOfSources()}`);
  if (!(await isThere(folder))) await build(cache, folder, onProgress);
  return [join(folder, 'classes'), join(folder, 'jars', '*')].join(':');
}

async function build(cache: string, folder: string, onProgress: (line: string) => void): Promise<void> {
  const maven = await findMaven();
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, '.streams-app-'));
  bequeath({ remove: partial });
  try {
    onProgress(`Building the Kafka Streams application into ${cache} (94 MB of jars, once) …`);
    // Maven writes beside its project: that must not be the repository.
    await cp(project, partial, { recursive: true });
    await runMaven(maven, partial);
    await mkdir(join(partial, 'done'));
    await rename(join(partial, 'target', 'classes'), join(partial, 'done', 'classes'));
    await rename(join(partial, 'jars'), join(partial, 'done', 'jars'));
    await rename(join(partial, 'done'), folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
    bequeath({ keep: partial });
  }
}

async function runMaven(maven: string, folder: string): Promise<void> {
  const output: string[] = [];
  const keep = (line: string): void => void output.push(line);
  const { code } = await startChild({
    command: maven,
    args: [
      '-B',
      '-q',
      'compile',
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(folder, 'jars')}`,
      '-DincludeScope=runtime',
    ],
    folder,
    onLine: keep,
    onErrorLine: keep,
  }).ended;
  if (code === 0) return;
  const reason = output.find((line) => line.startsWith('[ERROR]')) ?? output.at(-1) ?? 'no output';
  throw new PlainFailure(
    `The Kafka Streams application: Maven could not build it: ${reason.replace('[ERROR] ', '').slice(0, 300)} ` +
      'Check the network, ~/.m2/settings.xml and that a JDK (not only a JRE) is installed.',
  );
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(project, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files.sort()) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 12);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
