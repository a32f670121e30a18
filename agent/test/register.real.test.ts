import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { expectAttached } from './attached-host.ts';
import { type ReportTaker, startReportTaker } from './collector.ts';
import { type FilledTopic, fillTopic, steadyMessages } from './topic.ts';

// Every kind of module, every loader, before and after us, by both handlers.

const { brokers, missing } = inject('broker');
const tsx = ['--import', 'tsx'];

describe.skipIf(missing !== undefined)(`every kind of host${missing ? ` (${missing})` : ''}`, () => {
  let taker: ReportTaker;
  let filled: FilledTopic;
  beforeAll(async () => {
    taker = await startReportTaker();
    filled = await fillTopic(brokers, steadyMessages(100), { partitions: 2 });
  });
  afterAll(() => taker?.stop());

  const hosts = [
    { why: 'an ES module that imports by name', file: 'esm.mjs' },
    { why: 'an ES module that imports the default', file: 'esm-default.mjs' },
    { why: 'a CommonJS module', file: 'commonjs.cjs' },
    { why: 'TypeScript by Node’s type stripping', file: 'typescript.ts' },
    { why: 'TypeScript by tsx before us', file: 'typescript.ts', before: tsx },
    { why: 'TypeScript by tsx after us', file: 'typescript.ts', after: tsx },
    { why: 'CommonJS TypeScript by tsx before us', file: 'typescript.cts', before: tsx },
    { why: 'CommonJS TypeScript by tsx after us', file: 'typescript.cts', after: tsx },
  ];
  test.for(hosts.flatMap((host) => ['eachMessage', 'eachBatch'].map((handler) => ({ ...host, handler }))))(
    '$why, $handler',
    (host) => expectAttached(host, { brokers, taker, filled }),
  );
});
