import type { Line } from '../scenarios/trace.ts';
import { countAt, type Entry } from './broker.ts';
import { between, type Chance, chanceOf, exponential, shuffled } from './chance.ts';
import type { Clock } from './clock.ts';
import { type Fault, faultsOf, isWithin, type World } from './world.ts';

/** A record that was processed, at a true time. */
export interface Taken {
  readonly entry: Entry;
  readonly atMs: number;
}

export interface Consumed {
  /** What its agent sees, each line with the true time at which it is written. */
  readonly lines: readonly (readonly [atMs: number, line: Line, entry: Entry | undefined])[];
  readonly taken: readonly Taken[];
}

const ntpEveryMs = 32_000;

/** A task polls, reads what lies there, and processes it in its order before it polls again. */
export function consume(
  world: World,
  number: number,
  logs: readonly (readonly Entry[])[],
  faults: readonly Fault[],
  clock: Clock,
  committed: Map<number, number>,
): { readonly pollsMs: readonly number[]; poll(index: number): void; readonly consumed: Consumed } {
  const task = world.tasks[number]!;
  const of = (what: string): Chance => chanceOf(world.seed, 'task', number, what);
  const lines: [number, Line, Entry | undefined][] = [];
  const taken: Taken[] = [];
  const local = (atMs: number): number => Math.round(atMs + clock(atMs));
  const pauses = faultsOf(faults, 'pause').filter((fault) => fault.task === number);
  const moves = faultsOf(faults, 'rebalance');
  const slows = faultsOf(faults, 'slow');
  const gone = faultsOf(faults, 'broker').filter((fault) => fault.isUnfetchable);
  const lastMs = Math.max(world.durationMs, ...logs.map((log) => log.at(-1)?.appendMs ?? 0)) + 3 * task.pollMs;
  const pollsMs = scheduleOf(task.pollMs, lastMs, of('polls'));
  const luck = of('fetches');
  const seen = new Map<number, number>();
  let freeMs = 0;
  let owned = '';

  const partitionsAt = (atMs: number): number[] => {
    const own = new Set(task.partitions);
    for (const { partition, from, to, spans } of moves) {
      const [startMs, endMs] = spans[0]!;
      if (from === number && atMs >= startMs) own.delete(partition);
      if (to === number && atMs >= endMs) own.add(partition);
    }
    return [...own].sort((a, b) => a - b);
  };
  readClock(lines, number, lastMs, clock, of('ntp'));

  return {
    pollsMs,
    consumed: { lines, taken },
    poll(index) {
      // What a poll draws does not depend on what it finds.
      const draws = Array.from({ length: 2 * world.partitions.length }, luck);
      const dice = chanceOf(world.seed, 'task', number, 'order', index);
      const askedMs = Math.max(pollsMs[index]!, freeMs);
      if (pauses.some(({ spans }) => isWithin(spans, askedMs))) return;
      const partitions = partitionsAt(askedMs);
      if (owned !== partitions.join()) {
        owned = partitions.join();
        lines.push([askedMs, ['a', local(askedMs), number, partitions], undefined]);
      }
      const fetched = new Map<number, { readonly entries: readonly Entry[]; readonly answeredMs: number }>();
      const answers: [number, Line][] = [];
      for (const broker of new Set(partitions.map((partition) => world.partitions[partition]!.broker))) {
        const answeredMs = askedMs + 1 - 4 * Math.log(1 - draws[2 * broker]! * 0.999);
        const readMs = askedMs + draws[2 * broker + 1]! * (answeredMs - askedMs);
        const rows = partitions
          .filter((partition) => world.partitions[partition]!.broker === broker)
          .map((partition): [number, number, number, number] => {
            if (gone.some(({ spans, partitions }) => partitions.includes(partition) && isWithin(spans, askedMs))) {
              return [partition, -1, -1, 0];
            }
            const log = logs[partition]!;
            const first = committed.get(partition) ?? 0;
            const highWater = countAt(log, readMs, Math.max(seen.get(partition) ?? 0, first));
            seen.set(partition, highWater);
            const slow = slows.find((fault) => fault.partition === partition && isWithin(fault.spans, askedMs));
            const most = slow === undefined ? task.perPoll : allowance(slow, askedMs, task.pollMs);
            const entries = log.slice(first, Math.min(highWater, first + most));
            committed.set(partition, first + entries.length);
            fetched.set(partition, { entries, answeredMs });
            return [partition, highWater, first, entries.length];
          });
        answers.push([answeredMs, ['f', local(answeredMs), local(askedMs), number, rows]]);
      }
      answers.sort((a, b) => a[0] - b[0]);
      for (const [atMs, line] of answers) lines.push([atMs, line, undefined]);
      let nowMs = answers.at(-1)?.[0] ?? askedMs;
      const chosen =
        task.order === 'arrival'
          ? shuffled(dice, partitions).flatMap((partition) => fetched.get(partition)?.entries ?? [])
          : bySmallest(partitions.map((partition) => fetched.get(partition)?.entries ?? []));
      for (const entry of chosen) {
        nowMs += exponential(dice, 0.15);
        taken.push({ entry, atMs: nowMs });
        const { event, brokerMs: b, offset, baseOffset, pid, sequence } = entry;
        const { partition, eventMs: e } = event;
        const c = local(fetched.get(partition)!.answeredMs);
        const p = local(nowMs);
        lines.push([nowMs, ['r', p, number, partition, offset, baseOffset, e, b, c, pid, sequence], entry]);
      }
      freeMs = nowMs;
    },
  };
}

/** As many as have come due since the poll before. */
function allowance(slow: Fault & { kind: 'slow' }, atMs: number, pollMs: number): number {
  const sinceMs = atMs - slow.spans[0]![0];
  return Math.floor((sinceMs * slow.rate) / 1000) - Math.floor((Math.max(0, sinceMs - pollMs) * slow.rate) / 1000);
}

function scheduleOf(pollMs: number, lastMs: number, chance: Chance): number[] {
  const out: number[] = [];
  for (let at = between(chance, 0, 200); at < lastMs; at += pollMs * between(chance, 0.8, 1.2)) out.push(at);
  return out;
}

/** As Kafka Streams chooses: the smallest timestamp among the heads. */
function bySmallest(queues: readonly (readonly Entry[])[]): Entry[] {
  const next = queues.map(() => 0);
  const out: Entry[] = [];
  for (;;) {
    let least: number | undefined;
    for (const [i, queue] of queues.entries()) {
      const head = queue[next[i]!];
      if (head === undefined) continue;
      if (least === undefined || head.event.eventMs < queues[least]![next[least]!]!.event.eventMs) least = i;
    }
    if (least === undefined) return out;
    out.push(queues[least]![next[least]!++]!);
  }
}

function readClock(
  lines: [number, Line, Entry | undefined][],
  task: number,
  lastMs: number,
  clock: Clock,
  chance: Chance,
): void {
  for (let at = between(chance, 1000, ntpEveryMs); at < lastMs; at += ntpEveryMs) {
    const errorUs = between(chance, 200, 2000);
    const offsetUs = clock(at) * 1000 + between(chance, -0.9, 0.9) * errorUs;
    lines.push([at, ['n', Math.round(at + clock(at)), task, Math.round(offsetUs), Math.round(errorUs)], undefined]);
  }
}
