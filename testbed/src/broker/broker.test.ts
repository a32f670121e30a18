import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBroker } from './broker.ts';
import { kafkaJars } from './jars.ts';

test.for([
  {
    why: 'an address without a port',
    brokers: 'localhost',
    want: /^KAFKA_BROKERS: got "localhost"; expected host:port/,
  },
  {
    why: 'a port where nobody listens',
    brokers: '127.0.0.1:9',
    want: /^KAFKA_BROKERS=127.0.0.1:9: no broker answered within/,
  },
])('$why is one line with its cure', async ({ brokers, want }) => {
  await expect(startBroker({ brokers, onProgress: () => {} })).rejects.toThrow(want);
});

test('a cache folder that cannot be written is one line with its cure', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  await expect(kafkaJars(join(file, 'cache'), () => {})).rejects.toThrow(
    /^Cache folder .*a-file\/cache: cannot be written \(ENOTDIR\). Free 150 MB there, or name another folder with TIDEMARK_CACHE/,
  );
});
