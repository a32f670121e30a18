import { expect, test } from 'vitest';
import { type CollectorSettings, collectorVariables, readCollectorSettings } from './collector.ts';
import type { Environment } from './environment.ts';
import { faultLine } from './faults.ts';

const defaults: CollectorSettings = {
  listen: { host: '127.0.0.1', port: 8080 },
  tickMs: 1000,
  logLevel: 'info',
  dashboard: undefined,
  store: { folder: 'tidemark-data', retentionMs: 15 * 86_400_000, maxBytes: 1e9, snapshotEveryMs: 300_000 },
};

test('the variables that there are', () => {
  expect(collectorVariables).toEqual([
    'TIDEMARK_LISTEN',
    'TIDEMARK_TICK',
    'TIDEMARK_LOG_LEVEL',
    'TIDEMARK_DASHBOARD',
    'TIDEMARK_TOPOLOGY',
    'TIDEMARK_STORE',
    'TIDEMARK_RETENTION',
    'TIDEMARK_STORE_SIZE',
    'TIDEMARK_SNAPSHOT_INTERVAL',
  ]);
});

test.for<{ why: string; environment?: Environment; flags?: string[]; want: Partial<CollectorSettings> }>([
  { why: 'nothing is needed', want: {} },
  { why: 'an empty variable is not set', environment: { TIDEMARK_TICK: ' ' }, want: {} },
  {
    why: 'all by variables',
    environment: {
      TIDEMARK_LISTEN: '0.0.0.0:9000',
      TIDEMARK_TICK: '250ms',
      TIDEMARK_LOG_LEVEL: 'warn',
      TIDEMARK_DASHBOARD: '/srv/page',
    },
    want: { listen: { host: '0.0.0.0', port: 9000 }, tickMs: 250, logLevel: 'warn', dashboard: '/srv/page' },
  },
  {
    why: 'all by flags, in both ways of writing them',
    flags: ['--listen', 'localhost:0', '--tick=2s', '--log-level', 'debug', '--dashboard=dist'],
    want: { listen: { host: 'localhost', port: 0 }, tickMs: 2000, logLevel: 'debug', dashboard: 'dist' },
  },
  {
    why: 'a flag wins over its variable, even over a wrong one',
    environment: { TIDEMARK_LISTEN: 'nonsense' },
    flags: ['--listen', '[::1]:8081'],
    want: { listen: { host: '::1', port: 8081 } },
  },
  { why: 'nothing is kept', flags: ['--store', 'off'], want: { store: undefined } },
  {
    why: 'what is kept, and how much of it',
    environment: { TIDEMARK_STORE: '/var/lib/tidemark', TIDEMARK_RETENTION: '1d' },
    flags: ['--store-size', '1.5GB', '--snapshot-interval', '1m'],
    want: {
      store: { folder: '/var/lib/tidemark', retentionMs: 86_400_000, maxBytes: 1.5e9, snapshotEveryMs: 60_000 },
    },
  },
  { why: "the agent's variables are its own", environment: { TIDEMARK_GRACE: '5 sec' }, want: {} },
])('$why', ({ environment = {}, flags = [], want }) => {
  expect(readCollectorSettings(environment, flags)).toEqual({ ok: true, value: { ...defaults, ...want } });
});

const addresses = 'an address such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:0';
const allFlags =
  '--listen, --tick, --log-level, --dashboard, --topology, --store, --retention, --store-size, --snapshot-interval';

test.for<{ why: string; environment?: Environment; flags?: string[]; want: string[] }>([
  {
    why: 'a port alone',
    environment: { TIDEMARK_LISTEN: '8080' },
    want: [`TIDEMARK_LISTEN: got "8080"; expected ${addresses}`],
  },
  {
    why: 'a store that would be full of its own log, and a retention of minutes',
    flags: ['--store-size', '10MB', '--retention', '5m'],
    want: [
      '--retention: got "5m"; expected a duration from 1h to 3650d such as 15d',
      '--store-size: got "10MB"; expected a size from 256MB up such as 1GB',
    ],
  },
  {
    why: 'a port that none can have',
    flags: ['--listen', 'localhost:65536'],
    want: [`--listen: got "localhost:65536"; expected ${addresses}`],
  },
  {
    why: 'an IPv6 address without brackets',
    flags: ['--listen', '::1:80'],
    want: [`--listen: got "::1:80"; expected ${addresses}`],
  },
  {
    why: 'ticks without pause',
    environment: { TIDEMARK_TICK: '1ms' },
    want: ['TIDEMARK_TICK: got "1ms"; expected a duration from 100ms to 1m such as 1s'],
  },
  {
    why: 'a flag without its value',
    flags: ['--tick'],
    want: ['--tick: not set; expected a value, as in --tick VALUE'],
  },
  { why: 'an unknown flag', flags: ['--lisen=x'], want: [`--lisen: got "x"; expected one of ${allFlags}`] },
  { why: 'a word', flags: ['start'], want: [`arguments: got "start"; expected nothing but ${allFlags}`] },
  {
    why: 'a misspelt variable',
    environment: { TIDEMARK_LISTN: 'localhost:1' },
    want: ['TIDEMARK_LISTN: got "localhost:1"; expected its name to be TIDEMARK_LISTEN'],
  },
  {
    why: 'everything at once',
    environment: { TIDEMARK_LOG_LEVEL: 'loud', TIDEMARK_TICK: 'fast' },
    flags: ['-x'],
    want: [
      `-x: not set; expected one of ${allFlags}`,
      'TIDEMARK_TICK: got "fast"; expected a duration from 100ms to 1m such as 1s',
      'TIDEMARK_LOG_LEVEL: got "loud"; expected one of debug, info, warn, error, silent',
    ],
  },
])('$why', ({ environment = {}, flags = [], want }) => {
  const read = readCollectorSettings(environment, flags);
  expect(read.ok ? [] : read.faults.map(faultLine)).toEqual(want);
});
