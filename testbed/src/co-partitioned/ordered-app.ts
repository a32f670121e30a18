import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildJudge } from '../judges/build.ts';
import { engineNamed } from '../judges/engines.ts';
import { PlainFailure } from '../plain-failure.ts';
import { startTalkingJvm, type TalkingJvm } from '../process/talking-jvm.ts';

export interface OrderedAppOptions {
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

const patienceMs = 60_000;

/** A real application of Kafka Streams in a process of its own, which says in which order it takes its records. */
export class OrderedApp {
  readonly taken: Taken[] = [];
  readonly #jvm: TalkingJvm;
  readonly #errors: string[] = [];
  #state = 'starting';
  #metrics: StreamsMetrics | undefined;

  private constructor(jvm: TalkingJvm) {
    const { child } = jvm;
    this.#jvm = jvm;
    createInterface({ input: child.stdout! }).on('line', (line) => this.#hear(line));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (this.#errors.length < 40) this.#errors.push(line);
    });
  }

  static async start(options: OrderedAppOptions): Promise<OrderedApp> {
    const { versionProperty, version } = engineNamed('kafka-streams');
    const properties = { [versionProperty]: version };
    const classPath = await buildJudge({ project: 'co-partitioned', properties, onProgress: console.error });
    const { brokers, id, topics, maxTaskIdleMs, sizeMs, graceMs } = options;
    const jvm = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath];
    const args = [brokers.join(','), id, ...topics, maxTaskIdleMs, sizeMs, graceMs].map(String);
    const app = new OrderedApp(await startTalkingJvm('streams', [...jvm, 'tidemark.judge.CoPartitioned', ...args]));
    await app.until(() => app.#state === 'RUNNING', 'running');
    return app;
  }

  async metrics(): Promise<StreamsMetrics> {
    this.#metrics = undefined;
    this.#jvm.child.stdin!.write('\n');
    await this.until(() => this.#metrics !== undefined, 'metrics');
    return this.#metrics!;
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    const deadlineMs = Date.now() + patienceMs;
    while (!isSo()) {
      if (Date.now() > deadlineMs || this.#jvm.child.exitCode !== null) {
        const words = this.#errors.join('\n');
        throw new PlainFailure(`Streams application: no ${what} within ${patienceMs} ms (${this.#state}). ${words}`);
      }
      await sleep(20);
    }
  }

  stop(): Promise<void> {
    return this.#jvm.stop();
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
