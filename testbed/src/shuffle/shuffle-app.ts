import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainFailure } from '../plain-failure.ts';
import { startTalkingJvm, type TalkingJvm } from '../process/talking-jvm.ts';
import { builtStreamsApp } from '../streams-app/build.ts';
import type { Taken } from './taken.ts';

/** A real Kafka Streams application of two stages with a repartition topic between them, of which each task can be held. */
export class ShuffleApp {
  readonly taken: Taken[] = [];
  readonly #jvm: TalkingJvm;
  readonly #errors: string[] = [];
  readonly #held = new Set<string>();
  #state = 'starting';

  private constructor(jvm: TalkingJvm) {
    const { child } = jvm;
    this.#jvm = jvm;
    createInterface({ input: child.stdout! }).on('line', (line) => this.#hear(line));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (this.#errors.length < 40) this.#errors.push(line);
    });
  }

  static async start(options: {
    readonly brokers: readonly string[];
    readonly id: string;
    readonly topic: string;
    readonly partitions: number;
    readonly commitMs: number;
  }): Promise<ShuffleApp> {
    const { brokers, id, topic, partitions, commitMs } = options;
    const classPath = await builtStreamsApp((line) => process.stderr.write(`${line}\n`));
    const jvm = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'tidemark.Shuffle'];
    const args = [brokers.join(','), id, topic, partitions, commitMs].map(String);
    const app = new ShuffleApp(await startTalkingJvm('shuffle', [...jvm, ...args]));
    const deadlineMs = Date.now() + 60_000;
    while (app.#state !== 'RUNNING') {
      if (Date.now() > deadlineMs || app.#jvm.child.exitCode !== null) {
        await app.stop();
        throw new PlainFailure(`The shuffling application does not run (${app.#state}). ${app.#errors.join('\n')}`);
      }
      await sleep(50);
    }
    return app;
  }

  /** From when this resolves the task that reads this partition takes nothing more until it is released. */
  async hold(topic: string, partition: number): Promise<void> {
    this.#jvm.child.stdin!.write(`hold ${topic} ${partition}\n`);
    while (!this.#held.has(`${topic} ${partition}`)) await sleep(20);
  }

  release(topic: string, partition: number): void {
    this.#held.delete(`${topic} ${partition}`);
    this.#jvm.child.stdin!.write(`release ${topic} ${partition}\n`);
  }

  stop(): Promise<void> {
    return this.#jvm.stop();
  }

  #hear(line: string): void {
    const [word, ...rest] = line.split(' ');
    if (word === 'state') this.#state = rest[0]!;
    if (word === 'held') this.#held.add(rest.join(' '));
    if (word !== 'took') return;
    const [atMs, topic, partition, offset, eventMs, ...value] = rest as [string, string, string, string, string];
    this.taken.push({
      atMs: Number(atMs),
      topic,
      partition: Number(partition),
      offset: Number(offset),
      eventMs: Number(eventMs),
      value: value.join(' '),
    });
  }
}
