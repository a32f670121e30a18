import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { expectAttached } from './attached-host.ts';
import { type ReportTaker, startReportTaker } from './collector.ts';
import { type FilledTopic, fillTopic, steadyMessages } from './topic.ts';

// Applications as users have them, untouched, with the preload in front, on a real broker. All combinations are in
// `register.real.test.ts`.

const { brokers, missing } = inject('broker');

describe.skipIf(missing !== undefined)(`the preload on a real broker${missing ? ` (${missing})` : ''}`, () => {
  let taker: ReportTaker;
  let filled: FilledTopic;
  beforeAll(async () => {
    taker = await startReportTaker();
    filled = await fillTopic(brokers, steadyMessages(100), { partitions: 2 });
  });
  afterAll(() => taker?.stop());

  test.for([
    { why: 'an ES module that imports by name', file: 'esm.mjs', handler: 'eachMessage' },
    { why: 'a CommonJS module', file: 'commonjs.cjs', handler: 'eachBatch' },
    { why: 'TypeScript by Node’s type stripping', file: 'typescript.ts', handler: 'eachBatch' },
    { why: 'TypeScript by tsx', file: 'typescript.ts', handler: 'eachMessage', before: ['--import', 'tsx'] },
  ])('$why, $handler', (host) => expectAttached(host, { brokers, taker, filled }));
});
