import type { Report } from '@tidemark/core';
import { expect, test } from 'vitest';
import { type Served, served } from '../test/served.ts';
import { reportsOf } from '../test/story.ts';

const startMs = 1_700_000_000_000;
const reports = reportsOf({ seed: 9, startMs, seconds: 40 });

async function play(server: Served, some: readonly Report[]): Promise<void> {
  for (const report of some) {
    server.setNow(report.toMs);
    await server.post(report);
  }
  await server.tickAt(some.at(-1)!.toMs);
}

/** What a consumer reports that goes on fetching and processes nothing any more. */
function stuck(report: Report, positions: ReadonlyMap<number, number>): Report {
  const tasks = report.tasks.map((task) => ({
    ...task,
    cells: [],
    fetches: task.fetches.map((cell) => ({ ...cell, position: positions.get(cell.partition)! })),
  }));
  return { ...report, tasks };
}

const labels = (partition: number) =>
  `cluster_name="",group="orders-counter",topic="orders",partition="${partition}",member_host="host-1",consumer_id="orders-counter/member-1",client_id=""`;
const lagSeconds = 'kafka_consumergroup_group_lag_seconds';
const ofGroup = 'cluster_name="",group="orders-counter"';

test('who has processed all there is has no lag, however long nothing comes', async () => {
  await using server = await served({ nowMs: startMs });
  await play(server, reports);
  for (const partition of [0, 1]) expect(await server.metric(`${lagSeconds}{${labels(partition)}}`)).toBe(0);
  await server.tickAt(reports.at(-1)!.toMs + 5_000);
  expect(await server.metric(`${lagSeconds}{${labels(0)}}`)).toBe(0);
});

test('what waits is as old as the time since the record before it was appended; it grows second by second', async () => {
  await using server = await served({ nowMs: startMs });
  await play(server, reports.slice(0, 30));
  const fetches = reports[29]!.tasks[0]!.fetches;
  const positions = new Map(fetches.map(({ partition, position }) => [partition, position!]));
  for (const seconds of [3, 10]) {
    await play(
      server,
      reports.slice(30, 30 + seconds).map((report) => stuck(report, positions)),
    );
    const ends = reports[29 + seconds]!.tasks[0]!.fetches;
    let sum = 0;
    for (const { partition, lastHighWaterOffset = 0 } of ends) {
      const lag = lastHighWaterOffset - positions.get(partition)!;
      sum += lag;
      expect(await server.metric(`kafka_consumergroup_group_lag{${labels(partition)}}`)).toBe(lag);
      const lagged = (await server.metric(`${lagSeconds}{${labels(partition)}}`))!;
      // Ten records a second and a fetch each 0.2 s: it is known to that.
      expect(lagged).toBeGreaterThan(seconds - 0.5);
      expect(lagged).toBeLessThan(seconds + 1);
    }
    expect(await server.metric(`kafka_consumergroup_group_sum_lag{${ofGroup}}`)).toBe(sum);
    const worst = (await server.metric(`kafka_consumergroup_group_max_lag_seconds{${ofGroup}}`))!;
    expect(worst).toBeLessThan(seconds + 1);
  }
});

test('what is not known has no row: of an agent that is lost', async () => {
  await using server = await served({ nowMs: startMs });
  await play(server, reports);
  await server.tickAt(reports.at(-1)!.toMs + 11_000);
  expect(await (await server.get('/metrics')).text()).not.toMatch(/^kafka_/m);
});
