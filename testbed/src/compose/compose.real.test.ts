import type { Assessment } from '@tidemark/core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { composeFile } from './compose-file.ts';
import { composeOnHost, type OnHost } from './on-host.ts';

// No Docker engine runs in the tests, so every service is started on this machine, as `docker-compose.yml` says it.

const { missing } = inject('broker');

describe.skipIf(missing !== undefined)('the services of docker-compose.yml', () => {
  let host: OnHost;
  beforeAll(async () => {
    host = await composeOnHost();
  });
  afterAll(() => host?.stop());

  test('each of them starts and does what it is there for', async () => {
    // Kafka runs already, by the environment of its service.
    const others = Object.keys(composeFile.services).filter((name) => name !== 'kafka');
    expect(others).toEqual(['collector', 'producer-a', 'producer-b', 'consumer']);
    const collector = host.start('collector');
    await expect.poll(() => host.check('collector'), { timeout: 20_000 }).toBe(0);
    const producers = ['producer-a', 'producer-b'].map((name) => host.start(name));
    for (const { lines } of producers) await expect.poll(() => lines[0], { timeout: 20_000 }).toContain('"producing"');
    const consumer = host.start('consumer');
    await expect.poll(() => consumer.errorLines.join('\n'), { timeout: 20_000 }).toContain('attached to kafkajs');

    const sources = async (): Promise<readonly string[]> => {
      const assessment = (await (await fetch(`${host.url(8080)}/api/assessment`)).json()) as Assessment;
      const task = assessment.tasks.find(({ group }) => group === 'billing');
      return (task?.sources ?? []).map(({ source }) => ('name' in source ? source.name : source.kind)).toSorted();
    };
    await expect.poll(sources, { timeout: 20_000, interval: 300 }).toEqual(['A', 'B']);
    await expect.poll(() => consumer.lines.some((line) => line.includes('"window"')), { timeout: 20_000 }).toBe(true);
    expect(await (await fetch(host.url(8080))).text()).toContain('<title>Tidemark');
    for (const { child } of [collector, ...producers, consumer]) expect(child.ending).toBeUndefined();
  });
});
