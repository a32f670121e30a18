import type { Line, Trace } from '../scenarios/trace.ts';
import { type Entry, logsOf } from './broker.ts';
import { type Clock, clockOf } from './clock.ts';
import { consume, type Taken } from './consume.ts';
import { type Append, deliver } from './deliver.ts';
import { type Event, eventsOf } from './events.ts';
import type { Fault, World } from './world.ts';

export const epochMs = 1_767_225_600_000;

/** What happens in a world under some of its faults. */
export interface Run {
  readonly lines: readonly Line[];
  /** By task, in the order of processing. */
  readonly taken: readonly (readonly Taken[])[];
  /** Of each `r` line, which record it is. */
  readonly records: readonly Entry[];
  readonly appends: readonly Append[];
  readonly events: number;
  readonly clocks: ReadonlyMap<string, Clock>;
}

export function run(world: World, faults: readonly Fault[]): Run {
  const clocks = new Map<string, Clock>();
  const clock = (host: string): Clock => {
    const known = clocks.get(host) ?? clockOf(world.seed, host, faults);
    clocks.set(host, known);
    return known;
  };
  const events = world.producers.map(({ host }, i) => eventsOf(world, i, faults, clock(host)));
  const appends = events.flatMap((own, i) => deliver(world, i, own, faults));
  const logs = logsOf(world, appends, (broker) => clock(`broker-${broker}`));
  const committed = new Map<number, number>();
  const tasks = world.tasks.map((_, i) => consume(world, i, logs, faults, clock(`consumer-${i}`), committed));
  const polls = tasks.flatMap(({ pollsMs }, task) => pollsMs.map((atMs, index) => ({ atMs, task, index })));
  for (const { task, index } of polls.sort((a, b) => a.atMs - b.atMs)) tasks[task]!.poll(index);
  const lines = tasks.flatMap(({ consumed }) => consumed.lines).sort((a, b) => a[0] - b[0]);
  return {
    lines: lines.map(([, line]) => line),
    taken: tasks.map(({ consumed }) => consumed.taken),
    records: lines.flatMap(([, , entry]) => (entry === undefined ? [] : [entry])),
    appends,
    events: events.reduce((sum, own) => sum + own.length, 0),
    clocks,
  };
}

/** Of one world the same event has the same key in all runs. */
export function keyOf({ producer, number }: Event): number {
  return producer * 1_000_000 + number;
}

export function traceOf(world: World, { lines }: Run): Trace {
  const tasks = world.tasks.map(({ order, pollMs }, id) => ({ id, order, pollMs }));
  const { name: scenario, durationMs, topics, partitions, policy } = world;
  return { header: { scenario, epochMs, durationMs, topics, partitions, tasks, policy }, lines };
}
