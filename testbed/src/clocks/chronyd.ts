import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from '../process/child.ts';
import { bequeath } from '../process/last-will.ts';
import { alsoPreloading, type FalseClock, faketimeLibrary } from './false-clock.ts';

/** What the tests with real clocks need on a machine, and what to install where it is missing. */
export function missingClockTools(): string | undefined {
  const missing = [
    { package: 'chrony', found: chronydPath() !== undefined },
    { package: 'faketime', found: faketimeLibrary() !== undefined },
    { package: 'gcc', found: existsSync('/usr/bin/cc') },
  ].filter(({ found }) => !found);
  if (missing.length === 0) return undefined;
  const packages = missing.map((tool) => tool.package);
  return `needs Debian's ${packages.join(', ')}: apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

export interface Chronyd {
  readonly ntpPort: number;
  readonly commandPort: number;
  /** Its Unix socket: only there if it was asked for. */
  readonly socket: string;
  /** Ends it; `start` has it again on the same ports. */
  stop(): Promise<void>;
  start(): void;
}

export interface ChronydOptions {
  readonly lines: readonly string[];
  readonly clock?: FalseClock;
  /** Monitored by its Unix socket instead of the port. */
  readonly onlySocket?: boolean;
}

/** `-x`: no daemon of a test ever touches the machine's clock. */
export async function startChronyd(options: ChronydOptions): Promise<Chronyd> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-chronyd-'));
  bequeath({ remove: folder });
  const [ntpPort, commandPort] = await freeUdpPorts();
  const socket = join(folder, 'chronyd.sock');
  const monitored = options.onlySocket
    ? ['cmdport 0', `bindcmdaddress ${socket}`]
    : [`cmdport ${commandPort}`, 'bindcmdaddress 127.0.0.1', 'bindcmdaddress /', 'cmdallow 127.0.0.1'];
  const own = options.lines.map((line) => line.replace('%PORT%', String(ntpPort)));
  writeFileSync(join(folder, 'conf'), `${[...own, ...monitored, `pidfile ${folder}/pid`].join('\n')}\n`);
  const env = options.clock === undefined ? {} : alsoPreloading(options.clock, noKernelStamps(folder)).env;

  const run = (): Child =>
    startChild({ command: chronydPath()!, args: ['-x', '-d', '-u', 'root', '-f', join(folder, 'conf')], env });
  let child: Child | undefined = run();
  return {
    ntpPort,
    commandPort,
    socket,
    start() {
      child ??= run();
    },
    async stop() {
      const ending = child;
      child = undefined;
      await ending?.stop(3_000);
      rmSync(join(folder, 'pid'), { force: true });
    },
  };
}

/** A true server on loopback. */
export const serverLines: readonly string[] = [
  'port %PORT%',
  'bindaddress 127.0.0.1',
  'local stratum 1',
  'allow 127.0.0.1',
];

/** One that follows such a server, and is synchronised within a second or two. */
export function clientLines(ntpPort: number): readonly string[] {
  return [`server 127.0.0.1 port ${ntpPort} minpoll -2 maxpoll -2 iburst`, 'port 0'];
}

function noKernelStamps(folder: string): string {
  const library = join(folder, 'no-kernel-stamps.so');
  const source = fileURLToPath(new URL('no-kernel-stamps.c', import.meta.url));
  execFileSync('/usr/bin/cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return library;
}

function chronydPath(): string | undefined {
  return ['/usr/sbin/chronyd', '/usr/bin/chronyd'].find((path) => existsSync(path));
}

async function freeUdpPorts(): Promise<[number, number]> {
  const sockets = [createSocket('udp4'), createSocket('udp4')];
  for (const socket of sockets) await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const ports = sockets.map((socket) => socket.address().port);
  for (const socket of sockets) socket.close();
  return ports as [number, number];
}
