import { statfs, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtOnce, isThere } from '../maven/built-once.ts';
import { runMaven } from '../maven/run-maven.ts';
import { PlainFailure } from '../plain-failure.ts';

/** The newest release that kafkajs 2.2.4 was seen to produce to, idempotently, and to consume from in a group. */
export const kafkaVersion = '4.4.0';

/** What the jars need on disk, with room for Maven to work: for the message when there is too little. */
const neededMegabytes = 150;

/** Outside the repository and shared by all clones and runs. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.TIDEMARK_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
}

export async function haveJars(cache: string): Promise<boolean> {
  return isThere(jarFolder(cache));
}

/** The folder with Kafka's jars, fetched from Maven Central the first time. */
export async function kafkaJars(cache: string, onProgress: (line: string) => void): Promise<string> {
  return jarsOf('kafka_2.13', jarFolder(cache), onProgress);
}

/** The same for Kafka's own command line tools, such as its performance consumer: a broker needs none of them. */
export async function kafkaToolJars(cache: string, onProgress: (line: string) => void): Promise<string> {
  return jarsOf('kafka-tools', join(cache, `kafka-tools-${kafkaVersion}`), onProgress);
}

async function jarsOf(artifact: string, folder: string, onProgress: (line: string) => void): Promise<string> {
  const cache = dirname(folder);
  try {
    return await builtOnce(folder, async (maven, partial) => {
      await writeFile(join(partial, 'pom.xml'), pomFor(artifact));
      onProgress(`Fetching Kafka ${kafkaVersion} (${artifact}) from Maven Central into ${cache} (45 MB, once) …`);
      const jars = join(partial, 'jars');
      await fetchInto(maven, partial, jars);
      return jars;
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : cannotWrite(cache, code);
  }
}

function jarFolder(cache: string): string {
  return join(cache, `kafka-${kafkaVersion}`);
}

async function fetchInto(maven: string, partial: string, jars: string): Promise<void> {
  const failure = await runMaven(maven, partial, ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`]);
  if (failure === undefined) return;

  const cache = dirname(partial);
  if (failure.output.some((line) => line.includes('No space left on device')) || (await freeMegabytes(cache)) < 1) {
    throw cannotWrite(cache, 'ENOSPC');
  }
  throw new PlainFailure(
    `Kafka ${kafkaVersion}: Maven could not fetch it: ${failure.reason.slice(0, 300)} ` +
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
const pomFor = (artifact: string): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tidemark</groupId>
  <artifactId>testbed-broker</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;
