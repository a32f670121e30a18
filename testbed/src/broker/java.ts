import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PlainFailure } from '../plain-failure.ts';

const run = promisify(execFile);

/** Kafka 4 needs Java 17 or newer. */
export const oldestJava = 17;

const cure =
  'Install it (Debian and Ubuntu: apt-get install openjdk-17-jre-headless maven) or set KAFKA_BROKERS=host:port';

/** The `java` to run, from JAVA_HOME or the PATH. */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const where = env.JAVA_HOME ? `JAVA_HOME (${java})` : 'the PATH';
  const version = await outputOf(java, ['-version'], env);
  if (version === undefined) throw new PlainFailure(`Java ${oldestJava}: not found in ${where}. ${cure}.`);
  const major = majorOf(version);
  if (major === undefined || major < oldestJava) {
    throw new PlainFailure(`Java ${oldestJava} or newer: ${where} has ${firstLine(version)}. ${cure}.`);
  }
  return java;
}

/** The `mvn` to run. Only needed while the jars are not in the cache folder yet. */
export async function findMaven(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if ((await outputOf('mvn', ['-v'], env)) === undefined) {
    throw new PlainFailure(`Maven (mvn), which fetches Kafka once: not found in the PATH. ${cure}.`);
  }
  return 'mvn';
}

/** `java -version` says `openjdk version "17.0.15" 2025-04-15`; before Java 9 it said "1.8.0_402". */
export function majorOf(version: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (first === undefined) return undefined;
  return first === '1' && second !== undefined ? Number(second) : Number(first);
}

async function outputOf(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(command, args, { env });
    return stdout + stderr;
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
