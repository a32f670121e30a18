import { faultLine, readCollectorSettings } from '@tidemark/config';
import { destination, pino } from 'pino';
import type { Serving } from './server.ts';
import { StoreUnusable, startCollector } from './start.ts';

const settings = readCollectorSettings(process.env, process.argv.slice(2));
if (settings.ok) await run();
else {
  for (const fault of settings.faults) console.error(`tidemark collector: ${faultLine(fault)}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  if (!settings.ok) return;
  const { listen, logLevel } = settings.value;
  const log = pino({ name: 'tidemark-collector', level: logLevel }, destination(process.stderr.fd));
  let collector: Serving;
  try {
    collector = await startCollector(settings.value, log);
  } catch (error) {
    console.error(
      `tidemark collector: ${error instanceof StoreUnusable ? error.message : cannotListen(listen, error)}`,
    );
    process.exitCode = 1;
    return;
  }
  console.log(`tidemark collector: page and API at ${collector.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info(`${signal}: closing`);
      void collector.close();
    });
  }
}

/** What, where, cure. */
function cannotListen({ host, port }: { readonly host: string; readonly port: number }, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const at = `${host}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `cannot listen on ${at}: the port is in use; stop what listens there or take another with --listen ${host}:0`;
    case 'EACCES':
      return `cannot listen on ${at}: not allowed; take a port from 1024 up with --listen ${host}:8080`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `cannot listen on ${at}: this machine has no such address; --listen 127.0.0.1:${port} is always there`;
    default:
      return `cannot listen on ${at}: ${message}`;
  }
}
