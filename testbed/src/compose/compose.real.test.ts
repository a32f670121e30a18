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
    expect(others).toEqual(['collector', 'producer-a', 'producer-b', 'consumer', 'prometheus']);
    const collector = await host.start('collector');
    await expect.poll(() => host.check('collector')).toBe(0);
    const producers = await Promise.all(['producer-a', 'producer-b'].map((name) => host.start(name)));
    for (const { lines } of producers) await expect.poll(() => lines[0]).toContain('"producing"');
    const consumer = await host.start('consumer');
    await expect.poll(() => consumer.errorLines.join('\n')).toContain('attached to kafkajs');

    const sources = async (): Promise<readonly string[]> => {
      const assessment = (await (await fetch(`${host.url(8080)}/api/assessment`)).json()) as Assessment;
      const task = assessment.tasks.find(({ group }) => group === 'billing');
      return (task?.sources ?? []).map(({ source }) => ('name' in source ? source.name : source.kind)).toSorted();
    };
    await expect.poll(sources, { interval: 300 }).toEqual(['A', 'B']);
    await expect.poll(() => consumer.lines.some((line) => line.includes('"window"'))).toBe(true);
    expect(await (await fetch(host.url(8080))).text()).toContain('<title>Tidemark');
    const prometheus = await host.start('prometheus');
    const rules = async (): Promise<readonly string[]> => {
      const answer = await fetch(`${host.url(9090)}/api/v1/rules`).catch(() => undefined);
      if (!answer?.ok) return [];
      const { data } = (await answer.json()) as { data: { groups: { rules: { health: string }[] }[] } };
      return data.groups.flatMap((group) => group.rules.map(({ health }) => health));
    };
    // The first evaluation comes within the interval of 10 s.
    await expect.poll(async () => new Set(await rules()), { interval: 500 }).toEqual(new Set(['ok']));
    const up = async (): Promise<unknown> => {
      const answer = await fetch(`${host.url(9090)}/api/v1/query?query=tidemark_collector_ready`);
      const { data } = (await answer.json()) as { data: { result: { value: unknown[] }[] } };
      return data.result[0]?.value[1];
    };
    await expect.poll(up, { interval: 500 }).toBe('1');
    for (const { child } of [prometheus, collector, ...producers, consumer]) expect(child.ending).toBeUndefined();
  });
});
