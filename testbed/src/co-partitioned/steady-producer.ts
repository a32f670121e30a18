import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { type CuttableProxy, startProxy } from '../network/proxy.ts';
import { throughProxy } from '../network/through-proxy.ts';

const everyMs = 50;

interface Made {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly timestamp: string;
}

/**
 * A producer that makes an event per partition every 50 ms and delivers them in order, one send in flight, the same batch
 * until the broker has it. Its network can be cut; it goes on making events meanwhile.
 */
export class SteadyProducer {
  readonly proxy: CuttableProxy;
  readonly #topic: string;
  readonly #partitions: number;
  readonly #producer: Producer;
  #waiting: Made[] = [];
  #isMaking = true;
  #sent = 0;
  /** The longest that an event had to wait from when it was made until it was acknowledged. */
  longestWaitMs = 0;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(proxy: CuttableProxy, brokers: readonly string[], topic: string, partitions: number) {
    this.proxy = proxy;
    this.#topic = topic;
    this.#partitions = partitions;
    const kafka = new Kafka({
      clientId: `producer-${topic}`,
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1_000,
      retry: { initialRetryTime: 50, maxRetryTime: 300, retries: Number.MAX_SAFE_INTEGER },
      socketFactory: throughProxy(proxy),
    });
    this.#producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  }

  static async start(brokers: readonly string[], topic: string, partitions: number): Promise<SteadyProducer> {
    const one = new SteadyProducer(await startProxy(), brokers, topic, partitions);
    await one.#producer.connect();
    one.#work = Promise.all([one.#make(), one.#deliver()]);
    return one;
  }

  /** Stops making, delivers the rest, and says how many records it has sent. */
  async finish(): Promise<number> {
    this.#isMaking = false;
    await this.#work;
    await this.#producer.disconnect();
    await this.proxy.close();
    return this.#sent;
  }

  async #make(): Promise<void> {
    while (this.#isMaking) {
      const timestamp = String(Date.now());
      for (let partition = 0; partition < this.#partitions; partition++)
        this.#waiting.push({ partition, key: `key-${partition}`, value: '1', timestamp });
      await sleep(everyMs);
    }
  }

  async #deliver(): Promise<void> {
    while (this.#isMaking || this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, 200);
      if (batch.length > 0 && (await this.#send(batch))) {
        this.#waiting = this.#waiting.slice(batch.length);
        this.#sent += batch.length;
        this.longestWaitMs = Math.max(this.longestWaitMs, Date.now() - Number(batch[0]!.timestamp));
      }
      await sleep(20);
    }
  }

  async #send(messages: readonly Made[]): Promise<boolean> {
    return this.#producer.send({ topic: this.#topic, acks: -1, messages: [...messages] }).then(
      () => true,
      () => false,
    );
  }
}
