import { startCollector } from '@tidemark/collector';
import type { Finding, FindingKind, KnownClock } from '@tidemark/core';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { createTopics } from '../broker/create-topics.ts';
import { type Broker, startKafka } from '../broker/kafka.ts';
import { Cast, until } from '../demo/cast.ts';
import { CollectorClient } from '../demo/collector-client.ts';
import { kafkajsWarnings, root, sourceFlags } from '../demo/run-flags.ts';
import { type Chronyd, type ChronydOptions, startChronyd } from './chronyd.ts';
import type { FalseClock } from './false-clock.ts';
import type { StampingProducerSettings } from './stamping-producer.ts';

/** A host as the test sees it: what it runs on, and how it learns the time. */
export interface Host {
  readonly name: string;
  readonly clock?: FalseClock;
  /** The agent's settings for its sources. */
  readonly sources: { readonly [variable: string]: string };
}

/**
 * Real processes on clocks of the test's choosing: a broker that stamps what it appends, producers, consumers with an agent,
 * chronyds; and a real collector on this machine's clock, which is the truth. Ends as a whole.
 */
export class ClockWorld {
  readonly collector: CollectorClient;
  readonly #cast = new Cast(new AbortController().signal);
  readonly #ends: (() => unknown)[] = [];

  private constructor(collector: CollectorClient) {
    this.collector = collector;
  }

  static async start(): Promise<ClockWorld> {
    const serving = await startCollector(
      { listen: { host: '127.0.0.1', port: 0 }, tickMs: 1000, logLevel: 'silent', dashboard: undefined },
      pino({ level: 'silent' }),
    );
    const world = new ClockWorld(new CollectorClient(new URL(serving.url).origin));
    world.#ends.push(() => serving.close());
    return world;
  }

  async end(): Promise<void> {
    await this.#cast.leave();
    for (const end of this.#ends.reverse()) await end();
  }

  async chronyd(options: ChronydOptions): Promise<Chronyd> {
    const chronyd = await startChronyd(options);
    this.#ends.push(() => chronyd.stop());
    return chronyd;
  }

  async broker(clock: FalseClock | undefined, topics: { readonly [topic: string]: number }): Promise<Broker> {
    const broker = await startKafka(() => {}, clock === undefined ? {} : { env: clock.env });
    this.#ends.push(() => broker.stop());
    const admin = kafkaOf(broker).admin();
    await admin.connect();
    await createTopics(
      admin,
      Object.entries(topics).map(([topic, numPartitions]) => ({
        topic,
        numPartitions,
        configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
      })),
    );
    await admin.disconnect();
    return broker;
  }

  /** Resolves when it is connected; gives when its process, and with it a clock that runs at a rate of its own, was started. */
  async producer(settings: StampingProducerSettings, clock: FalseClock | undefined): Promise<number> {
    let isReady = false;
    const startedMs = Date.now();
    this.#cast.enter(`producer ${settings.name}`, {
      command: process.execPath,
      args: [...sourceFlags, ...kafkajsWarnings, 'testbed/src/clocks/stamping-producer.ts', JSON.stringify(settings)],
      folder: root,
      env: clock?.env ?? {},
      messages: true,
      onMessage: () => (isReady = true),
    });
    await this.until(() => isReady, `producer ${settings.name} to connect`);
    return startedMs;
  }

  /** A consumer as users have it, with the preload. */
  async consumer(host: Host, of: { readonly broker: Broker; readonly topic: string }): Promise<void> {
    let hasJoined = false;
    const flags = ['--brokers', of.broker.brokers.join(','), '--topic', of.topic, '--group', `group-of-${host.name}`];
    this.#cast.enter(`consumer on ${host.name}`, {
      command: process.execPath,
      args: [...sourceFlags, ...kafkajsWarnings, '--import', 'tidemark/register', 'examples/consumer.ts', ...flags],
      folder: root,
      env: {
        ...host.clock?.env,
        TIDEMARK_COLLECTOR_URL: this.collector.url,
        TIDEMARK_HOST: host.name,
        TIDEMARK_SOURCE: 'header:producer',
        ...host.sources,
      },
      onLine: (line) => (hasJoined ||= line.includes('"joined"')),
    });
    await this.until(() => hasJoined, `the consumer on ${host.name} to join its group`);
  }

  async clocks(): Promise<readonly KnownClock[]> {
    return (await this.collector.assessment()).clocks;
  }

  async findings<K extends FindingKind>(kind?: K): Promise<readonly Extract<Finding, { kind: K }>[]> {
    const { findings } = await this.collector.assessment();
    return findings.filter((finding) => kind === undefined || finding.kind === kind) as Extract<Finding, { kind: K }>[];
  }

  async until(holds: () => boolean | Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
    await until(holds, { what, withinMs, everyMs: 300, signal: this.#cast.signal });
  }
}

function kafkaOf(broker: Broker): Kafka {
  return new Kafka({ clientId: 'clock-world', brokers: [...broker.brokers], logLevel: logLevel.NOTHING });
}
