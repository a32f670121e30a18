import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJava } from '../broker/java.ts';
import { startChild } from '../process/child.ts';
import { bequeath } from '../process/last-will.ts';
import { builtStreamsApp } from './build.ts';

export interface StreamsAppOptions {
  readonly brokers: readonly string[];
  /** Also the name of its consumer group. */
  readonly applicationId: string;
  readonly topic: string;
  readonly windowMs: number;
  readonly graceMs: number;
  readonly commitMs: number;
  /** Told of each record that it drops, by its own log: one line for each window that refuses it. */
  readonly onDropped?: (dropped: { readonly partition: number; readonly offset: number }) => void;
  readonly onProgress?: (line: string) => void;
}

/** What Kafka Streams says of itself. */
export interface StreamsCount {
  readonly atMs: number;
  readonly state: string;
  readonly processed: number;
  /** `dropped-records-total`, over all tasks. */
  readonly dropped: number;
}

export interface StreamsApp {
  /** What it said last; undefined until then. */
  readonly count: StreamsCount | undefined;
  /** Its last error lines, for a test that fails. */
  readonly complaints: readonly string[];
  stop(): Promise<StreamsCount | undefined>;
}

/** A real Kafka Streams application that counts in tumbling windows with grace, and counts what it drops. */
export async function startStreamsApp(options: StreamsAppOptions): Promise<StreamsApp> {
  const java = await findJava();
  const classPath = await builtStreamsApp(options.onProgress ?? ((line) => process.stderr.write(`${line}\n`)));
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-streams-'));
  bequeath({ remove: folder });
  const complaints: string[] = [];
  let count: StreamsCount | undefined;
  const app = startChild({
    command: java,
    args: [
      ...jvmOptions,
      ...(options.onDropped === undefined ? [] : [`-Dorg.slf4j.simpleLogger.log.${windowLogger}=warn`]),
      '-cp',
      classPath,
      'tidemark.WindowedCount',
      options.brokers.join(','),
      options.applicationId,
      options.topic,
      String(options.windowMs),
      String(options.graceMs),
      String(options.commitMs),
      folder,
    ],
    folder,
    onLine: (line) => {
      count = JSON.parse(line) as StreamsCount;
    },
    onErrorLine: (line) => {
      const dropped = droppedLine.exec(line);
      if (dropped !== null) {
        options.onDropped?.({ partition: Number(dropped[1]), offset: Number(dropped[2]) });
        return;
      }
      if (complaints.length < 50) complaints.push(line);
    },
  });
  return {
    get count() {
      return count;
    },
    complaints,
    stop: async () => {
      await app.stop(15_000);
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
      bequeath({ keep: folder });
      return count;
    },
  };
}

const windowLogger = 'org.apache.kafka.streams.kstream.internals';
const droppedLine = /Skipping record for expired window\. topic=\[[^\]]*\] partition=\[(\d+)\] offset=\[(\d+)\]/;

// Quick to start rather than quick to run.
const jvmOptions = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
] as const;
