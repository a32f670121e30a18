import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { missingForKafka } from './broker.ts';
import { startKafka } from './kafka.ts';
import { answers } from './reachable.ts';

const missing = await missingForKafka();
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);

describe.skipIf(missing !== undefined)(`a broker of our own${missing ? ` (${missing})` : ''}`, () => {
  test('it answers once it is started and leaves nothing behind when it is stopped', async () => {
    const progress: string[] = [];
    const broker = await startKafka((line) => progress.push(line));
    const data = dataFolders().find((folder) => isUsedBy(folder, broker.brokers[0]!));
    await expect.poll(() => answers(broker.brokers)).toBe(true);
    expect(data && existsSync(data)).toBe(true);
    await broker.stop();
    expect(await answers(broker.brokers)).toBe(false);
    expect(data && existsSync(data)).toBe(false);
    expect(progress.at(-1)).toMatch(/^Kafka is ready after/);
  });

  test('it ends with whoever started it, even if that is killed without warning', async () => {
    const script = `
      const { startKafka } = await import(${JSON.stringify(new URL('./kafka.ts', import.meta.url).href)});
      const { brokers } = await startKafka(() => {});
      console.log(brokers[0]);
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--conditions=tidemark-source', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const [address] = (await new Promise<string[]>((resolve) => {
      createInterface({ input: owner.stdout }).once('line', (line) => resolve([line]));
    })) as [string];
    const data = dataFolders().find((folder) => isUsedBy(folder, address))!;
    await expect.poll(() => answers([address])).toBe(true);
    owner.kill('SIGKILL');
    // The undertaker needs a moment: it hears of the end from the kernel.
    await expect.poll(() => existsSync(data)).toBe(false);
    await expect.poll(() => answers([address])).toBe(false);
  });
});

function dataFolders(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith('tidemark-kafka-'))
    .map((name) => join(tmpdir(), name));
}

/** Other brokers may run beside this test: ours is the one whose settings name its address. */
function isUsedBy(folder: string, address: string): boolean {
  try {
    return execFileSync('grep', ['-c', `PLAINTEXT://${address},`, join(folder, 'server.properties')]).length > 0;
  } catch {
    return false;
  }
}
