import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Environment } from './environment.ts';
import { faultLine } from './faults.ts';
import { type FollowSettings, followFlags, followVariables, readFollowSettings } from './follow.ts';

const needed = ['--group', 'billing', '--brokers', 'kafka-1:9092,kafka-2:9092'];

test('the variables that there are', () => {
  expect(followVariables).toEqual(
    'GROUP BROKERS TOPICS TASKS COMMIT_POLL ISOLATION TLS SASL USERNAME PASSWORD'
      .split(' ')
      .map((n) => `TIDEMARK_${n}`),
  );
});

test('its page names every setting, and none that is not there', () => {
  const page = readFileSync(new URL('../../docs/sidecar.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (?:`(--[a-z-]+)`)? ?\| `(TIDEMARK_[A-Z_]+)` \|/gm)];
  expect(rows.map(([, , variable]) => variable)).toEqual(followVariables);
  for (const [, flag] of rows) expect([...followFlags, undefined]).toContain(flag);
});

test.for<{ why: string; environment?: Environment; flags: string[]; want: Partial<FollowSettings> }>([
  {
    why: 'a group and brokers are all that is needed',
    flags: needed,
    want: {
      group: 'billing',
      brokers: ['kafka-1:9092', 'kafka-2:9092'],
      topics: undefined,
      tasks: 'auto',
      commitPollMs: 250,
      readCommitted: false,
      tls: false,
      sasl: undefined,
    },
  },
  {
    why: 'all by variables',
    environment: {
      TIDEMARK_GROUP: 'billing',
      TIDEMARK_BROKERS: '[::1]:9092',
      TIDEMARK_TOPICS: 'orders, payments',
      TIDEMARK_TASKS: 'group',
      TIDEMARK_COMMIT_POLL: '1s',
      TIDEMARK_ISOLATION: 'read_committed',
      TIDEMARK_TLS: 'on',
      TIDEMARK_SASL: 'SCRAM-SHA-512',
      TIDEMARK_USERNAME: 'me',
      TIDEMARK_PASSWORD: 'secret',
    },
    flags: [],
    want: {
      brokers: ['[::1]:9092'],
      topics: ['orders', 'payments'],
      tasks: 'group',
      commitPollMs: 1000,
      readCommitted: true,
      tls: true,
      sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'secret' },
    },
  },
  {
    why: 'a flag wins over its variable, even over a wrong one',
    environment: { TIDEMARK_TASKS: 'nonsense' },
    flags: [...needed, '--tasks=member'],
    want: { tasks: 'member' },
  },
])('$why', ({ environment = {}, flags, want }) => {
  expect(readFollowSettings(environment, flags)).toMatchObject({ ok: true, value: want });
});

test("the agent's settings are flags too", () => {
  const read = readFollowSettings({ TIDEMARK_GRACE: '1s' }, [...needed, '--window', 'tumbling:5s', '--grace', '2s']);
  expect(read.ok && read.value.agent.policies[0]?.id).toBe('tumbling 5s grace 2s');
});

test.for<{ why: string; environment?: Environment; flags: string[]; want: string[] }>([
  {
    why: 'nothing given: both that are needed are named at once',
    flags: [],
    want: [
      'TIDEMARK_GROUP: not set; expected the consumer group to follow',
      'TIDEMARK_BROKERS: not set; expected addresses such as kafka-1:9092,kafka-2:9092',
    ],
  },
  {
    why: 'a fault is named where the value was written, also one that is the agent’s',
    flags: [...needed, '--window', 'hopping:5s', '--tasks', 'thread'],
    want: [
      '--window: got "hopping:5s"; expected a window such as tumbling:5s',
      '--tasks: got "thread"; expected one of auto, partition, member, group',
    ],
  },
  {
    why: 'a password is not for the command line',
    flags: [...needed, '--password', 'secret'],
    want: ['--password: got "…"; expected TIDEMARK_PASSWORD, which other users cannot read'],
  },
  {
    why: 'credentials come whole',
    environment: { TIDEMARK_SASL: 'plain' },
    flags: needed,
    want: [
      'TIDEMARK_USERNAME: not set; expected a name beside TIDEMARK_SASL',
      'TIDEMARK_PASSWORD: not set; expected a password beside TIDEMARK_SASL',
    ],
  },
  {
    why: 'a misspelt variable',
    environment: { TIDEMARK_TOPCIS: 'orders' },
    flags: needed,
    want: ['TIDEMARK_TOPCIS: got "orders"; expected its name to be TIDEMARK_TOPICS'],
  },
  {
    why: 'an address without a port',
    flags: ['--group', 'g', '--brokers', 'kafka-1'],
    want: ['--brokers: got "kafka-1"; expected addresses such as kafka-1:9092,kafka-2:9092'],
  },
  {
    why: 'a word too many',
    flags: [...needed, 'now'],
    want: ['arguments: got "now"; expected only flags, as in --group NAME'],
  },
])('$why', ({ environment = {}, flags, want }) => {
  const read = readFollowSettings(environment, flags);
  expect(read.ok ? [] : read.faults.map(faultLine)).toEqual(want);
});
