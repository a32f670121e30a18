import { expect, test } from 'vitest';
import { type AgentSettings, readAgentSettings } from './agent.ts';
import type { Environment } from './environment.ts';
import { faultLine } from './faults.ts';

const defaults: AgentSettings = {
  enabled: true,
  collectorUrl: 'http://127.0.0.1:8080',
  policies: [],
  source: { kind: 'producer' },
  eventTime: { kind: 'timestamp' },
  producers: false,
  ntpServers: [],
  ntpIntervalMs: 64_000,
  chrony: { kind: 'port', host: '127.0.0.1', port: 323 },
  reportIntervalMs: 1000,
  cluster: undefined,
  host: undefined,
  maxQueuedReports: 64,
};

test.for<{ why: string; environment: Environment; want: Partial<AgentSettings> }>([
  { why: 'nothing is required', environment: {}, want: {} },
  {
    why: 'an empty variable is one that is not set',
    environment: { TIDEMARK_GRACE: '', TIDEMARK_WINDOW: ' ' },
    want: {},
  },
  {
    why: 'a window and a grace are a policy, named by what it does',
    environment: { TIDEMARK_WINDOW: 'tumbling:5s', TIDEMARK_GRACE: '1500ms' },
    want: {
      policies: [{ id: 'tumbling 5s grace 1500ms', window: { kind: 'tumbling', sizeMs: 5000 }, graceMs: 1500 }],
    },
  },
  {
    why: 'a window alone has no grace, as in Kafka Streams',
    environment: { TIDEMARK_WINDOW: 'tumbling:1m' },
    want: { policies: [{ id: 'tumbling 1m grace 0s', window: { kind: 'tumbling', sizeMs: 60_000 }, graceMs: 0 }] },
  },
  {
    why: 'a header names the source',
    environment: { TIDEMARK_SOURCE: 'header:producer' },
    want: { source: { kind: 'header', name: 'producer' } },
  },
  {
    why: 'a separator may hold a colon',
    environment: { TIDEMARK_SOURCE: 'key-prefix:::' },
    want: { source: { kind: 'keyPrefix', separator: '::' } },
  },
  {
    why: 'producers are watched where that is wanted',
    environment: { TIDEMARK_PRODUCERS: 'on' },
    want: { producers: true },
  },
  {
    why: 'the event time is deep in the payload',
    environment: { TIDEMARK_EVENT_TIME: 'json:order.created.at' },
    want: { eventTime: { kind: 'json', path: ['order', 'created', 'at'] } },
  },
  {
    why: 'several time servers',
    environment: { TIDEMARK_NTP_SERVERS: 'time.example.org, 10.0.0.1:11123' },
    want: { ntpServers: ['time.example.org', '10.0.0.1:11123'] },
  },
  {
    why: "a time server of one's own, asked more often",
    environment: { TIDEMARK_NTP_SERVERS: 'ntp', TIDEMARK_NTP_INTERVAL: '8s' },
    want: { ntpServers: ['ntp'], ntpIntervalMs: 8_000 },
  },
  { why: 'a pod names the node whose clock it reads', environment: { TIDEMARK_HOST: 'n7' }, want: { host: 'n7' } },
  { why: 'chrony is not asked', environment: { TIDEMARK_CHRONY: 'off' }, want: { chrony: undefined } },
  {
    why: 'chrony by IPv6',
    environment: { TIDEMARK_CHRONY: '[::1]:323' },
    want: { chrony: { kind: 'port', host: '::1', port: 323 } },
  },
  {
    why: 'chrony by its socket',
    environment: { TIDEMARK_CHRONY: '/run/chrony/chronyd.sock' },
    want: { chrony: { kind: 'socket', path: '/run/chrony/chronyd.sock' } },
  },
  {
    why: 'the rest',
    environment: {
      TIDEMARK_ENABLED: 'off',
      TIDEMARK_COLLECTOR_URL: 'https://collector.example.org/tidemark/',
      TIDEMARK_REPORT_INTERVAL: '500ms',
      TIDEMARK_CLUSTER: 'eu-1',
      TIDEMARK_MAX_QUEUED_REPORTS: '10',
    },
    want: {
      enabled: false,
      collectorUrl: 'https://collector.example.org/tidemark',
      reportIntervalMs: 500,
      cluster: 'eu-1',
      maxQueuedReports: 10,
    },
  },
  { why: 'names of others are not ours to judge', environment: { TIDEMARK_LISTEN_ADDRESS: 'x', PATH: 'y' }, want: {} },
])('$why', ({ environment, want }) => {
  expect(readAgentSettings(environment)).toEqual({ ok: true, value: { ...defaults, ...want } });
});

test.for([
  {
    set: { TIDEMARK_WINDOW: 'hopping:5s' },
    want: 'TIDEMARK_WINDOW: got "hopping:5s"; expected a window such as tumbling:5s',
  },
  {
    set: { TIDEMARK_WINDOW: 'tumbling:0s' },
    want: 'TIDEMARK_WINDOW: got "tumbling:0s"; expected a window such as tumbling:5s',
  },
  {
    set: { TIDEMARK_WINDOW: 'tumbling:5s', TIDEMARK_GRACE: '5 sec' },
    want: 'TIDEMARK_GRACE: got "5 sec"; expected a duration such as 5s or 1500ms',
  },
  {
    set: { TIDEMARK_GRACE: '2s' },
    want: 'TIDEMARK_WINDOW: not set; expected a window such as tumbling:5s beside TIDEMARK_GRACE',
  },
  {
    set: { TIDEMARK_COLLECTOR_URL: 'localhost:8080' },
    want: 'TIDEMARK_COLLECTOR_URL: got "localhost:8080"; expected an address such as http://127.0.0.1:8080',
  },
  {
    set: { TIDEMARK_SOURCE: 'header:' },
    want: 'TIDEMARK_SOURCE: got "header:"; expected header:NAME or key-prefix:SEPARATOR',
  },
  {
    set: { TIDEMARK_EVENT_TIME: 'json:a..b' },
    want: 'TIDEMARK_EVENT_TIME: got "json:a..b"; expected timestamp, header:NAME or json:path.to.field',
  },
  {
    set: { TIDEMARK_CHRONY: '127.0.0.1:99999' },
    want: 'TIDEMARK_CHRONY: got "127.0.0.1:99999"; expected an address such as 127.0.0.1:323, the path of a socket, or off',
  },
  { set: { TIDEMARK_ENABLED: 'constructor' }, want: 'TIDEMARK_ENABLED: got "constructor"; expected true or false' },
  { set: { TIDEMARK_WNIDOW: 'x' }, want: 'TIDEMARK_WNIDOW: got "x"; expected its name to be TIDEMARK_WINDOW' },
])('$want', ({ set, want }) => {
  const read = readAgentSettings(set);
  expect(read.ok ? [] : read.faults.map(faultLine)).toEqual([want]);
});

test('three mistakes are three lines, at once', () => {
  const read = readAgentSettings({
    TIDEMARK_GRACE: 'x',
    TIDEMARK_CHRONY: 'x',
    TIDEMARK_SORUCE: 'x',
    TIDEMARK_WINDOW: 'tumbling:1s',
  });
  expect(read.ok ? [] : read.faults.map(({ where }) => where).toSorted()).toEqual([
    'TIDEMARK_CHRONY',
    'TIDEMARK_GRACE',
    'TIDEMARK_SORUCE',
  ]);
});

test('a long value is shown by its beginning', () => {
  const line = faultLine({ where: 'X', got: 'y'.repeat(10_000), expected: 'less' });
  expect(line.length).toBeLessThan(120);
});

test.for(['htp://user:secret@collector:8080', 'user:secret@collector:8080', '//user:secret@'])(
  'the password in %s is not said',
  (given) => {
    const read = readAgentSettings({ TIDEMARK_COLLECTOR_URL: given });
    expect(read.ok ? [] : read.faults.map(faultLine).join()).toBe(
      `TIDEMARK_COLLECTOR_URL: got ${JSON.stringify(given.replace('secret', '…'))}; expected an address such as http://127.0.0.1:8080`,
    );
  },
);
