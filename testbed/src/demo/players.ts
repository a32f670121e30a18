import type { Child } from '../process/child.ts';
import { type Cast, until } from './cast.ts';
import { ConsumerLog } from './consumer-log.ts';
import { graceMs, windowMs } from './plan.ts';
import type { Order, ProducerSettings, ProducerStatus, Word } from './producer-messages.ts';
import { kafkajsWarnings, root, sourceFlags } from './run-flags.ts';

export interface ConsumerSettings {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  readonly collectorUrl: string;
  /** Whether producers say their name in a header. */
  readonly named: boolean;
}

/** The example consumer, started as a user would: the only thing added is `--import tidemark/register`. */
export async function enterConsumer(
  cast: Cast,
  settings: ConsumerSettings,
  on: { readonly firstDrop: () => void; readonly errorLine: (line: string) => void },
): Promise<ConsumerLog> {
  const log = new ConsumerLog();
  log.onFirstDrop = on.firstDrop;
  const own = ['--brokers', settings.brokers.join(','), '--topic', settings.topic, '--group', settings.group];
  const windows = ['--window', String(windowMs), '--grace', String(graceMs)];
  cast.enter('consumer', {
    command: process.execPath,
    args: [
      ...sourceFlags,
      ...kafkajsWarnings,
      '--import',
      'tidemark/register',
      'examples/consumer.ts',
      ...own,
      ...windows,
    ],
    folder: root,
    env: {
      TIDEMARK_COLLECTOR_URL: settings.collectorUrl,
      TIDEMARK_WINDOW: `tumbling:${windowMs / 1000}s`,
      TIDEMARK_GRACE: `${graceMs / 1000}s`,
      TIDEMARK_SOURCE: settings.named ? 'header:producer' : undefined,
    },
    onLine: (line) => log.read(line),
    onErrorLine: on.errorLine,
  });
  await until(() => log.hasJoined, { what: 'the consumer to join its group', signal: cast.signal });
  return log;
}

export interface Producer {
  readonly status: ProducerStatus;
  order(order: Order): void;
  /** Delivers what is due and ends. */
  finish(): Promise<void>;
}

/** With a collector and `TIDEMARK_PRODUCERS=true` it has an agent of its own, which reports beside the network that is cut. */
export async function enterProducer(cast: Cast, settings: ProducerSettings, collectorUrl?: string): Promise<Producer> {
  const hasAgent = collectorUrl !== undefined && process.env.TIDEMARK_PRODUCERS === 'true';
  const agent = hasAgent ? ['--import', 'tidemark/register'] : [];
  let isReady = false;
  let status: ProducerStatus = { made: 0, queued: 0, acknowledged: 0, longestWaitMs: 0 };
  const child: Child = cast.enter(`producer ${settings.name}`, {
    command: process.execPath,
    args: [...sourceFlags, ...kafkajsWarnings, ...agent, 'testbed/src/demo/producer.ts', JSON.stringify(settings)],
    folder: root,
    env: { TIDEMARK_COLLECTOR_URL: collectorUrl },
    messages: true,
    onMessage: (message) => {
      const word = message as Word;
      if ('ready' in word) isReady = true;
      else status = word.status;
    },
  });
  await until(() => isReady, { what: `producer ${settings.name} to connect`, signal: cast.signal });
  return {
    get status() {
      return status;
    },
    order: (order) => child.send(order),
    finish: async () => {
      child.send({ finish: true } satisfies Order);
      await until(() => child.ending !== undefined, {
        what: `producer ${settings.name} to end`,
        signal: cast.signal,
      });
    },
  };
}
