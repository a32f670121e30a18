import { expect } from 'vitest';
import { cellsOf, type ReportTaker, sum } from './collector.ts';
import { preload, runHost } from './host.ts';
import type { FilledTopic } from './topic.ts';

export interface AttachedHost {
  readonly file: string;
  readonly handler: string;
  /** What the host has before our preload, such as a loader for TypeScript. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

/** Runs a host with the preload on a filled topic: what the agent reports must be what the host itself counted. */
export async function expectAttached(
  host: AttachedHost,
  world: { readonly brokers: readonly string[]; readonly taker: ReportTaker; readonly filled: FilledTopic },
): Promise<void> {
  const { brokers, taker, filled } = world;
  const group = filled.group();
  const run = await runHost({
    file: host.file,
    nodeArguments: [...(host.before ?? []), ...preload, ...(host.after ?? [])],
    options: { brokers, topic: filled.topic, groups: [group], handler: host.handler, expected: filled.records },
    environment: { TIDEMARK_COLLECTOR_URL: taker.url, TIDEMARK_WINDOW: 'tumbling:1s', TIDEMARK_GRACE: '500ms' },
  });
  expect(run.errors).toEqual([]);
  expect(run.code).toBe(0);
  expect(run.ours).toEqual([
    `attached to kafkajs 2.2.4, group "${group}", ${host.handler}; reports to ${taker.url}; ` +
      'clock: unbounded (no NTP server configured)',
  ]);
  const [said] = run.said;
  // kafkajs calls handlers as methods of its runner.
  expect(said).toMatchObject({ group, processed: filled.records, thisIs: 'Runner' });
  expect(said!.late).toBeGreaterThan(0);
  const cells = cellsOf(taker.reports, group);
  expect(sum(cells.map((cell) => cell.count))).toBe(filled.records);
  expect(sum(cells.map((cell) => cell.late?.count ?? 0))).toBe(said!.late);
  expect(sum(cells.flatMap((cell) => cell.late?.dropped ?? []).map((drops) => drops.count))).toBeGreaterThan(0);
  expect(cells.every(({ source }) => source.kind === 'producer')).toBe(true);
  // The hook below kafkajs's events was found: appended before the fetch that brought them was answered.
  expect(cells.every(({ first }) => first.append.highMs !== undefined)).toBe(true);
}
