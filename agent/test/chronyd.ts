import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the tests with real clocks need on a machine, and what to install where it is missing. */
export function missingClockTools(): string | undefined {
  const missing = [
    { package: 'chrony', found: chronydPath() !== undefined },
    { package: 'faketime', found: faketimeLibrary() !== undefined },
    { package: 'gcc', found: existsSync('/usr/bin/cc') },
  ].filter(({ found }) => !found);
  if (missing.length === 0) return undefined;
  return `needs Debian's ${missing.map((tool) => tool.package).join(', ')}: apt-get install -y --no-install-recommends ${missing.map((tool) => tool.package).join(' ')}`;
}

export interface Chronyd {
  readonly ntpPort: number;
  readonly commandPort: number;
  stop(): Promise<void>;
}

/** `-x`: no daemon of a test ever touches the machine's clock. `fake` is a FAKETIME, such as `+2.5 x1.0002`. */
export async function startChronyd(options: {
  readonly lines: readonly string[];
  readonly fake?: string;
}): Promise<Chronyd> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-chronyd-'));
  const [ntpPort, commandPort] = await freeUdpPorts();
  const lines = [
    ...options.lines.map((line) => line.replace('%PORT%', String(ntpPort))),
    `cmdport ${commandPort}`,
    'bindcmdaddress 127.0.0.1',
    'bindcmdaddress /',
    'cmdallow 127.0.0.1',
    `pidfile ${folder}/pid`,
  ];
  writeFileSync(join(folder, 'conf'), `${lines.join('\n')}\n`);
  const env = options.fake === undefined ? {} : fakeClock(options.fake, [noKernelStamps(folder)]);
  const child = spawn(chronydPath()!, ['-x', '-d', '-u', 'root', '-f', join(folder, 'conf')], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  return {
    ntpPort,
    commandPort,
    async stop() {
      await stopChild(child);
      rmSync(folder, { recursive: true, force: true });
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

/** What a process needs to run on a false clock; its monotonic clock stays true. */
export function fakeClock(
  fake: string | { readonly file: string },
  preload: readonly string[] = [],
): Record<string, string> {
  return {
    LD_PRELOAD: [...preload, faketimeLibrary()].join(':'),
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    ...(typeof fake === 'string' ? { FAKETIME: fake } : { FAKETIME_TIMESTAMP_FILE: fake.file, FAKETIME_NO_CACHE: '1' }),
  };
}

export function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const insist = setTimeout(() => child.kill('SIGKILL'), 3_000);
    child.once('exit', () => {
      clearTimeout(insist);
      resolve();
    });
    child.kill();
  });
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

function faketimeLibrary(): string | undefined {
  return readdirSync('/usr/lib')
    .map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
    .find((path) => existsSync(path));
}

async function freeUdpPorts(): Promise<[number, number]> {
  const sockets = [createSocket('udp4'), createSocket('udp4')];
  for (const socket of sockets) await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const ports = sockets.map((socket) => socket.address().port);
  for (const socket of sockets) socket.close();
  return ports as [number, number];
}
