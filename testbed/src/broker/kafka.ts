import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainFailure } from '../plain-failure.ts';
import { type Child, startChild } from '../process/child.ts';
import { freePorts } from '../process/free-port.ts';
import { bequeath } from '../process/last-will.ts';
import { cacheFolder, kafkaJars, kafkaVersion } from './jars.ts';
import { findJava } from './java.ts';
import { answers } from './reachable.ts';

export interface Broker {
  readonly brokers: readonly string[];
  /** What was taken, in words. */
  readonly what: string;
  /** When its process was started, and with it a clock that runs at a rate of its own; unknown of the user's own. */
  readonly startedMs?: number;
  /** Resolves, with the reason, if it ends unasked; never if it is the user's own. */
  readonly ended: Promise<string>;
  /** Ends what was started and removes its data; nothing if the broker is the user's own. */
  stop(): Promise<void>;
}

const readyWithinMs = 120_000;
/** A port that was free may be taken before Kafka asks for it: rare, so a second try settles it. */
const maxTries = 3;

export interface Ports {
  readonly brokerPort: number;
  readonly controllerPort: number;
  /** For a listener of the caller's own. */
  readonly sparePort: number;
}

export interface KafkaOptions {
  /** Lines that come after ours, and so win. */
  readonly properties?: (ports: Ports) => string;
  /** Such as what its clock is. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A single node in KRaft mode, broker and controller in one. Its data lives as long as it does. */
export async function startKafka(onProgress: (line: string) => void, options: KafkaOptions = {}): Promise<Broker> {
  const java = await findJava();
  const jars = await kafkaJars(cacheFolder(), onProgress);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(java, jars, onProgress, options);
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === maxTries) throw error;
    }
  }
}

class PortTaken extends PlainFailure {}

async function startOnce(
  java: string,
  jars: string,
  onProgress: (line: string) => void,
  { properties: moreProperties = () => '', env = {} }: KafkaOptions,
): Promise<Broker> {
  const [brokerPort, controllerPort, sparePort] = (await freePorts(3)) as [number, number, number];
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-kafka-'));
  bequeath({ remove: folder });
  const removeFolder = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    bequeath({ keep: folder });
  };

  const properties = join(folder, 'server.properties');
  const ports = { brokerPort, controllerPort, sparePort };
  await writeFile(properties, serverProperties({ ...ports, folder }) + moreProperties(ports));
  const runJava = (...args: string[]): Child =>
    startChild({ command: java, args: [...jvmOptions, '-cp', join(jars, '*'), ...args], folder, env });

  const address = `127.0.0.1:${brokerPort}`;
  let kafka: Child | undefined;
  let processStartedMs: number;
  try {
    onProgress(`Starting Kafka ${kafkaVersion} on ${address} …`);
    const startedMs = performance.now();
    const formatted = await runJava('kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties).ended;
    if (formatted.code !== 0) throw notStarted(formatted.lastWords);
    processStartedMs = Date.now();
    kafka = runJava('kafka.Kafka', properties);
    await untilReady(kafka, address, onProgress);
    onProgress(`Kafka is ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
  } catch (error) {
    await kafka?.stop(0);
    await removeFolder();
    throw error;
  }

  const running = kafka;
  let isStopping = false;
  return {
    brokers: [address],
    what: `Apache Kafka ${kafkaVersion}, started here for this run`,
    startedMs: processStartedMs,
    ended: new Promise((resolve) => {
      void running.ended.then(({ lastWords }) => {
        if (!isStopping) resolve(`Kafka on ${address} ended unasked: ${lastWords.at(-1) ?? 'it was killed'}`);
      });
    }),
    // There is nothing in it to keep, so it need not shut down in order.
    stop: async () => {
      isStopping = true;
      await running.stop(0);
      await removeFolder();
    },
  };
}

async function untilReady(kafka: Child, address: string, onProgress: (line: string) => void): Promise<void> {
  const startedMs = performance.now();
  let saidMs = startedMs;
  while (!(await answers([address]))) {
    const nowMs = performance.now();
    if (kafka.ending) throw notStarted(kafka.ending.lastWords);
    if (nowMs - startedMs > readyWithinMs)
      throw new PlainFailure(
        `Kafka on ${address}: not ready within ${readyWithinMs / 1000} s. Is this machine overloaded?`,
      );
    if (nowMs - saidMs > 5_000) {
      saidMs = nowMs;
      onProgress(`Still waiting for Kafka (${Math.round((nowMs - startedMs) / 1000)} s) …`);
    }
    await sleep(100);
  }
}

function notStarted(lastWords: readonly string[]): PlainFailure {
  const reason =
    lastWords.find((line) => /exception|error|space left/i.test(line)) ?? lastWords.at(-1) ?? 'it said nothing';
  const message = `Kafka ${kafkaVersion}: did not start: ${reason.slice(0, 300)}. Try again, or set KAFKA_BROKERS=host:port.`;
  return /BindException|already in use/.test(lastWords.join()) ? new PortTaken(message) : new PlainFailure(message);
}

// Quick to start rather than quick to run: it serves a few hundred records a second.
const jvmOptions = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
] as const;

/** Any 16 bytes in base64url. */
const clusterId = 'tidemark-testbed-00000';

function serverProperties(at: Ports & { readonly folder: string }): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${at.controllerPort}
listeners=PLAINTEXT://127.0.0.1:${at.brokerPort},CONTROLLER://127.0.0.1:${at.controllerPort}
controller.listener.names=CONTROLLER
log.dirs=${join(at.folder, 'data')}
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# A topic that does not exist must be an error, as on most clusters in production.
auto.create.topics.enable=false
# Odd timestamps are what we test with: they are neither refused nor cleaned away.
log.message.timestamp.after.max.ms=9223372036854775807
log.retention.ms=-1
`;
}
