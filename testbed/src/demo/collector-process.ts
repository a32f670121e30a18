import { freePorts, isFree } from '../process/free-port.ts';
import { type Cast, until } from './cast.ts';
import { CollectorClient } from './collector-client.ts';
import { root, sourceFlags } from './run-flags.ts';

const firstPort = 8080;
const lastPort = 8099;

/** Starts the collector, which serves the page too, where the user said or on the first free port from 8080. */
export async function startCollector(cast: Cast): Promise<CollectorClient> {
  const address = process.env.TIDEMARK_LISTEN || `127.0.0.1:${await choosePort()}`;
  const collector = new CollectorClient(`http://${address.replace(/^(0\.0\.0\.0|\[::\])?:/, '127.0.0.1:')}`);
  cast.enter('collector', {
    command: process.execPath,
    args: [...sourceFlags, 'collector/src/main.ts'],
    folder: root,
    env: { TIDEMARK_LISTEN: address, TIDEMARK_STORE: 'off' },
  });
  await until(() => collector.isReady(), {
    what: `the collector to be ready at ${collector.url}`,
    signal: cast.signal,
  });
  return collector;
}

async function choosePort(): Promise<number> {
  for (let port = firstPort; port <= lastPort; port++) {
    if (await isFree(port)) return port;
  }
  return (await freePorts(1))[0]!;
}
