import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { findJava } from '../broker/java.ts';
import { buildJudge } from '../judges/build.ts';
import { engineNamed } from '../judges/engines.ts';
import { PlainFailure } from '../plain-failure.ts';
import { bequeath } from '../process/last-will.ts';

export interface StreamsAppOptions {
  readonly brokers: readonly string[];
  readonly id: string;
  readonly topics: readonly [string, string];
  readonly maxTaskIdleMs: number;
  readonly sizeMs: number;
  readonly graceMs: number;
}

/** A record as the application took it. */
export interface Taken {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventMs: number;
}

export interface StreamsMetrics {
  readonly dropped: number;
  readonly enforced: number;
}

/** A real application of Kafka Streams in a process of its own, which says in which order it takes its records. */
export class StreamsApp {
  readonly taken: Taken[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #errors: string[] = [];
  #state = 'starting';
  #metrics: StreamsMetrics | undefined;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    createInterface({ input: child.stdout! }).on('line', (line) => this.#hear(line));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (this.#errors.length < 40) this.#errors.push(line);
    });
    child.stdin!.on('error', () => {});
  }

  static async start(options: StreamsAppOptions): Promise<StreamsApp> {
    const { versionProperty, version } = engineNamed('kafka-streams');
    const properties = { [versionProperty]: version };
    const classPath = await buildJudge({ project: 'streams-app', properties, onProgress: console.error });
    const java = await findJava();
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-streams-'));
    bequeath({ remove: folder });
    const { brokers, id, topics, maxTaskIdleMs, sizeMs, graceMs } = options;
    const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Djava.io.tmpdir=${folder}`];
    const args = [brokers.join(','), id, ...topics, maxTaskIdleMs, sizeMs, graceMs].map(String);
    const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
    const child = spawn(java, [...jvm, quiet, '-cp', classPath, 'tidemark.judge.App', ...args], { detached: true });
    if (child.pid !== undefined) bequeath({ kill: child.pid });
    const app = new StreamsApp(child, folder);
    await app.until(() => app.#state === 'RUNNING', 60_000, 'running');
    return app;
  }

  async metrics(): Promise<StreamsMetrics> {
    this.#metrics = undefined;
    this.#child.stdin!.write('\n');
    await this.until(() => this.#metrics !== undefined, 10_000, 'metrics');
    return this.#metrics!;
  }

  async until(isSo: () => boolean, withinMs: number, what: string): Promise<void> {
    const deadlineMs = Date.now() + withinMs;
    while (!isSo()) {
      if (Date.now() > deadlineMs || this.#child.exitCode !== null) {
        const words = this.#errors.join('\n');
        throw new PlainFailure(`Streams application: no ${what} within ${withinMs} ms (${this.#state}). ${words}`);
      }
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGKILL');
      await ended;
    }
    if (this.#child.pid !== undefined) bequeath({ spare: this.#child.pid });
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    bequeath({ keep: this.#folder });
  }

  #hear(line: string): void {
    const [word, ...rest] = line.split(' ');
    if (word === 'took') {
      const [topic, partition, offset, eventMs] = rest as [string, string, string, string];
      this.taken.push({ topic, partition: Number(partition), offset: Number(offset), eventMs: Number(eventMs) });
    } else if (word === 'state') {
      this.#state = rest[0]!;
    } else if (word === 'dropped') {
      this.#metrics = { dropped: Number(rest[0]), enforced: Number(rest[2]) };
    }
  }
}
