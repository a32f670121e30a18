import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHost } from './host.ts';

// The preload in front of applications that need no broker: what it says, and that the application never notices.

const folder = mkdtempSync(join(tmpdir(), 'tidemark-register-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.for([
  { why: 'an application without kafkajs', file: 'no-kafka.mjs', said: { kafka: 'none' } },
  { why: 'a consumer that never runs', file: 'plain.cjs', said: { methods: 14 } },
])('nothing is said of $why', async ({ file, said }) => {
  expect(await runHost({ file })).toEqual({ code: 0, said: [said], ours: [], errors: [] });
});

test('faulty settings are all named at once with their cure, and the host goes on unattached', async () => {
  const run = await runHost({
    file: 'plain.cjs',
    environment: { TIDEMARK_GRACE: '5 sec', TIDEMARK_SORCE: 'header:producer', TIDEMARK_MAX_QUEUED_REPORTS: '0' },
  });
  expect(run).toMatchObject({ code: 0, said: [{ methods: 14 }], errors: [] });
  expect(run.ours.toSorted()).toEqual([
    'TIDEMARK_GRACE: got "5 sec"; expected a duration such as 5s or 1500ms',
    'TIDEMARK_MAX_QUEUED_REPORTS: got "0"; expected a whole number from 1 to 10000',
    'TIDEMARK_SORCE: got "header:producer"; expected its name to be TIDEMARK_SOURCE',
    'TIDEMARK_WINDOW: not set; expected a window such as tumbling:5s beside TIDEMARK_GRACE',
    'not attached: 4 settings are faulty',
  ]);
});

test('faulty settings are said once, however many Kafka objects are attached', async () => {
  const run = await runHost({
    file: 'plain-attach.mjs',
    environment: { TIDEMARK_CHRONY: 'x' },
  });
  expect(run).toMatchObject({ code: 0, said: [{ methods: 14 }] });
  expect(run.ours).toHaveLength(2);
});

test('it can be switched off without taking the preload out', async () => {
  const run = await runHost({ file: 'plain.cjs', options: { run: 1 }, environment: { TIDEMARK_ENABLED: 'false' } });
  expect(run).toMatchObject({ code: 0, ours: ['not attached: switched off by TIDEMARK_ENABLED'] });
});

describe('another kafkajs than we know', () => {
  const copyOf = (name: string, index: string): string => {
    const home = join(folder, name, 'node_modules', 'kafkajs');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"name": "kafkajs", "version": "9.0.0", "main": "index.js"}');
    writeFileSync(join(home, 'index.js'), index);
    return home;
  };

  test('without a class Kafka: said loudly', async () => {
    const home = copyOf('other', 'module.exports = { logLevel: {}, Kafka: undefined };');
    const run = await runHost({ file: 'plain.cjs', environment: { KAFKAJS: home } });
    expect(run.ours).toEqual([
      `could not attach to kafkajs at ${join(home, 'index.js')}: it exports no "Kafka"; its consumers go on unobserved`,
    ]);
  });

  test('with a consumer of another shape: said loudly, and the host has its consumer', async () => {
    const home = copyOf('odd', 'module.exports = { Kafka: class { consumer() { return { run: async () => {} }; } } };');
    const run = await runHost({ file: 'plain.cjs', options: { run: 1 }, environment: { KAFKAJS: home } });
    expect(run).toMatchObject({ code: 0, said: [{ methods: 1 }], errors: [] });
    expect(run.ours).toEqual([
      expect.stringMatching(/^could not attach to the consumer of group "billing": .*; it goes on unobserved$/),
    ]);
  });

  test('with connections elsewhere: records are observed, fetches are said not to be', async () => {
    const consumer = "{ run: async () => {}, on() {}, events: { GROUP_JOIN: 'a', CRASH: 'b' } }";
    const home = copyOf('elsewhere', `module.exports = { Kafka: class { consumer() { return ${consumer}; } } };`);
    const run = await runHost({ file: 'plain.cjs', options: { run: 1 }, environment: { KAFKAJS: home } });
    expect(run).toMatchObject({ code: 0, errors: [] });
    expect(run.ours).toEqual([
      expect.stringMatching(/^group "billing": this kafkajs keeps its connections elsewhere/),
      expect.stringMatching(/^attached to kafkajs 9\.0\.0, group "billing", eachMessage/),
    ]);
  });

  test('a second copy of the same kafkajs is attached as well', async () => {
    const home = join(folder, 'second', 'node_modules', 'kafkajs');
    cpSync(new URL('../../node_modules/kafkajs', import.meta.url), home, { recursive: true });
    const run = await runHost({ file: 'plain.cjs', options: { run: 1 }, environment: { KAFKAJS: home } });
    expect(run.ours).toEqual([expect.stringMatching(/^attached to kafkajs 2\.2\.4, group "billing"/)]);
  });
});

describe('an older Node', () => {
  // NODE20 names one; else the machine's own may be.
  const candidates = [
    process.env.NODE20,
    ...(process.env.PATH ?? '').split(delimiter).map((path) => join(path, 'node')),
  ];
  const old = candidates
    .filter((path): path is string => path !== undefined && !path.includes('node_modules'))
    .find((path) => /^v(?:18|20)\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''));
  beforeAll(() => {
    // What a user installs is built; sources are not for an old Node.
    if (old !== undefined) spawnSync('node_modules/.bin/tsc', ['-b', 'agent']);
  });

  const built = new URL('../dist/register.js', import.meta.url).href;
  test.skipIf(old === undefined).for([
    { how: 'by the preload', file: 'plain.cjs', nodeArguments: ['--import', built] },
    { how: 'in code', file: 'plain-attach.mjs', nodeArguments: [] },
  ])('is told so in one line, $how, and the consumer runs as before', async ({ file, nodeArguments }) => {
    const run = await runHost({ file, node: old!, nodeArguments });
    expect(run).toMatchObject({ code: 0, said: [{ methods: 14 }], errors: [] });
    expect(run.ours).toEqual([
      expect.stringMatching(
        /^not attached: Node v\d+\.\d+\.\d+ cannot attach, it needs 22\.15 or later, or 24; the consumer goes on unobserved$/,
      ),
    ]);
  });
});
