import { access, mkdir, mkdtemp, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { PlainFailure } from '../plain-failure.ts';
import { startChild } from '../process/child.ts';
import { bequeath } from '../process/last-will.ts';
import { findMaven } from './java.ts';

/** The newest release that kafkajs 2.2.4 was seen to produce to, idempotently, and to consume from in a group. */
export const kafkaVersion = '4.4.0';

/** What the jars need on disk, with room for Maven to work: for the message when there is too little. */
const neededMegabytes = 150;

/** Outside the repository and shared by all clones and runs. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.TIDEMARK_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
}

export async function haveJars(cache: string): Promise<boolean> {
  return access(jarFolder(cache)).then(
    () => true,
    () => false,
  );
}

/**
 * The folder with Kafka's jars, fetched from Maven Central the first time. It gets its name only when it is complete,
 * so two processes that fill the cache at once do the work twice and the second finds it done; none sees half of it.
 */
export async function kafkaJars(cache: string, onProgress: (line: string) => void): Promise<string> {
  const folder = jarFolder(cache);
  if (await haveJars(cache)) return folder;

  const maven = await findMaven();
  const partial = await makePartialFolder(cache, folder);
  bequeath({ remove: partial });
  try {
    onProgress(`Fetching Kafka ${kafkaVersion} from Maven Central into ${cache} (45 MB, once) …`);
    await fetchInto(maven, partial);
    await rename(join(partial, 'jars'), folder).catch(async (error: NodeJS.ErrnoException) => {
      if (!(await haveJars(cache))) throw cannotWrite(cache, error.code ?? error.message);
    });
    return folder;
  } finally {
    await rm(partial, { recursive: true, force: true });
    bequeath({ keep: partial });
  }
}

function jarFolder(cache: string): string {
  return join(cache, `kafka-${kafkaVersion}`);
}

async function makePartialFolder(cache: string, folder: string): Promise<string> {
  try {
    await mkdir(cache, { recursive: true });
    const partial = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
    await writeFile(join(partial, 'pom.xml'), pom);
    return partial;
  } catch (error) {
    throw cannotWrite(cache, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

async function fetchInto(maven: string, partial: string): Promise<void> {
  const output: string[] = [];
  const keep = (line: string): void => void output.push(line);
  const { code } = await startChild({
    command: maven,
    args: [
      '-B',
      '-q',
      '-f',
      join(partial, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(partial, 'jars')}`,
    ],
    folder: partial,
    onLine: keep,
    onErrorLine: keep,
  }).ended;
  if (code === 0) return;

  const cache = dirname(partial);
  if (output.some((line) => line.includes('No space left on device')) || (await freeMegabytes(cache)) < 1) {
    throw cannotWrite(cache, 'ENOSPC');
  }
  const reason = output.find((line) => line.startsWith('[ERROR]')) ?? output.at(-1) ?? 'no output';
  throw new PlainFailure(
    `Kafka ${kafkaVersion}: Maven could not fetch it: ${reason.replace('[ERROR] ', '').slice(0, 300)} ` +
      'Check the network and ~/.m2/settings.xml, or set KAFKA_BROKERS=host:port.',
  );
}

async function freeMegabytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return (bavail * bsize) / 2 ** 20;
}

function cannotWrite(cache: string, code: string): PlainFailure {
  const what = code === 'ENOSPC' ? 'the disk is full' : `cannot be written (${code})`;
  return new PlainFailure(
    `Cache folder ${cache}: ${what}. Free ${neededMegabytes} MB there, or name another folder with TIDEMARK_CACHE=/path.`,
  );
}

// slf4j-simple: without a logger Kafka fails in silence.
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tidemark</groupId>
  <artifactId>testbed-broker</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;
