import { setTimeout as sleep } from 'node:timers/promises';
import { PlainFailure } from '../plain-failure.ts';
import { cacheFolder, haveJars } from './jars.ts';
import { findJava, findMaven } from './java.ts';
import { type Broker, startKafka } from './kafka.ts';
import { answers } from './reachable.ts';

export type { Broker } from './kafka.ts';

export interface BrokerOptions {
  /** Addresses of a running cluster, comma-separated. By default `KAFKA_BROKERS`; if that is not set either, one is started. */
  readonly brokers?: string;
  /** By default lines on stderr. */
  readonly onProgress?: (line: string) => void;
}

const reachableWithinMs = 10_000;

/** A real broker from one call: the user's own if there is one, else Kafka from Maven Central. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const onProgress = options.onProgress ?? ((line) => process.stderr.write(`${line}\n`));
  const given = options.brokers ?? process.env.KAFKA_BROKERS;
  return given ? useRunning(given, onProgress) : startKafka(onProgress);
}

/** Why no broker can be had on this machine, in one line; undefined if one can. For tests that are skipped then. */
export async function missingForBroker(): Promise<string | undefined> {
  return process.env.KAFKA_BROKERS ? undefined : missingForKafka();
}

/** The same for one that is started here, whatever else is running. */
export async function missingForKafka(): Promise<string | undefined> {
  try {
    await findJava();
    if (!(await haveJars(cacheFolder()))) await findMaven();
    return undefined;
  } catch (error) {
    if (error instanceof PlainFailure) return error.message;
    throw error;
  }
}

async function useRunning(given: string, onProgress: (line: string) => void): Promise<Broker> {
  const brokers = given.split(',').map((address) => address.trim());
  for (const address of brokers) {
    if (/^[^\s:]+:\d{1,5}$/.test(address)) continue;
    throw new PlainFailure(`KAFKA_BROKERS: got "${address}"; expected host:port, several separated by commas.`);
  }

  onProgress(`Using the Kafka of KAFKA_BROKERS: ${brokers.join(', ')}`);
  const startedMs = performance.now();
  while (!(await answers(brokers))) {
    if (performance.now() - startedMs > reachableWithinMs) {
      throw new PlainFailure(
        `KAFKA_BROKERS=${given}: no broker answered within ${reachableWithinMs / 1000} s. ` +
          'Start it, correct the address, or unset KAFKA_BROKERS to have one started.',
      );
    }
    await sleep(500);
  }
  return {
    brokers,
    what: `the Kafka of KAFKA_BROKERS (${brokers.join(', ')})`,
    ended: new Promise(() => {}),
    stop: async () => {},
  };
}
