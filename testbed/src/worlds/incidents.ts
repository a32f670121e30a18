import type { Append } from './deliver.ts';
import type { Run } from './run.ts';
import { causeOf, type Fault, isWithin, type World } from './world.ts';

/** Where and when a fault was, and what the visible data leave open of it. */
export interface Happening {
  readonly fault: string;
  readonly kind: string;
  readonly pids: readonly number[];
  readonly partitions: readonly number[];
  readonly tasks: readonly number[];
  readonly startMs: number;
  readonly endMs: number;
  readonly startBoundsMs: readonly [number, number];
  readonly endBoundsMs: readonly [number, number];
  readonly flapping: boolean;
}

/** An unordered source and a look-alike are none. */
export function happeningOf(world: World, run: Run, fault: Fault): Happening | undefined {
  const kind = causeOf[fault.kind];
  if (kind === null || kind === 'unordered') return undefined;
  const startMs = fault.spans[0]![0];
  const endMs = fault.spans.at(-1)![1];
  return {
    fault: fault.id,
    kind,
    ...placeOf(world, run, fault),
    startMs: Math.round(startMs),
    endMs: Math.round(Math.min(endMs, world.durationMs)),
    ...boundsOf(world, run, fault, startMs, endMs),
    flapping: fault.kind === 'disconnect' && fault.spans.length > 1,
  };
}

type Place = Pick<Happening, 'pids' | 'partitions' | 'tasks'>;

function placeOf(world: World, run: Run, fault: Fault): Place {
  const nowhere: Place = { pids: [], partitions: [], tasks: [] };
  switch (fault.kind) {
    case 'broker':
      return { ...nowhere, partitions: fault.partitions };
    case 'pause':
      return { ...nowhere, tasks: [fault.task] };
    case 'rebalance':
      return { ...nowhere, partitions: [fault.partition], tasks: [fault.from, fault.to] };
    case 'slow':
      return { ...nowhere, partitions: [fault.partition] };
    case 'clock': {
      const hosted = world.producers.flatMap(({ host }, i) => (host === fault.host ? [i] : []));
      return { ...nowhere, ...written(world, run, hosted, fault) };
    }
    case 'disconnect': {
      const place = written(world, run, [fault.producer], fault);
      return { ...nowhere, ...place, partitions: fault.partitions ?? place.partitions };
    }
    case 'backfill':
    case 'upstream':
      return { ...nowhere, ...written(world, run, [fault.producer], fault) };
    default:
      return nowhere;
  }
}

/** The ids under which what happened meanwhile came: those of more lives if it was started anew. */
function written(
  world: World,
  { appends }: Run,
  producers: readonly number[],
  { spans }: Fault,
): Pick<Place, 'pids' | 'partitions'> {
  const pids = appends
    .filter(({ event }) => producers.includes(event.producer) && isWithin(spans, event.readyMs))
    .map(({ pid }) => pid);
  return {
    pids: pids.length > 0 ? [...new Set(pids)] : producers.map((producer) => world.producers[producer]!.pids[0]!),
    partitions: [...new Set(producers.flatMap((producer) => world.producers[producer]!.partitions))],
  };
}

type Bounds = Pick<Happening, 'startBoundsMs' | 'endBoundsMs'>;

function boundsOf(world: World, run: Run, fault: Fault, startMs: number, endMs: number): Bounds {
  const pollMs = Math.max(...world.tasks.map((task) => task.pollMs));
  switch (fault.kind) {
    case 'disconnect':
      return outageBounds(
        run.appends.filter(
          ({ event }) => event.producer === fault.producer && (fault.partitions?.includes(event.partition) ?? true),
        ),
        startMs,
        endMs,
        world.durationMs,
      );
    case 'broker':
      return outageBounds(
        run.appends.filter(({ event }) => fault.partitions.includes(event.partition)),
        startMs,
        endMs,
        world.durationMs,
      );
    case 'clock': {
      const made = run.appends
        .filter(({ event }) => world.producers[event.producer]!.host === fault.host)
        .map(({ event }) => event.createdMs)
        .sort((a, b) => a - b);
      // A drift shows when it has come to something.
      const shownMs = fault.driftPpm === 0 ? startMs : startMs + (endMs - startMs) / 3;
      return {
        startBoundsMs: bounds(fault.driftPpm === 0 ? before(made, startMs) : startMs, after(made, shownMs)),
        endBoundsMs: bounds(before(made, endMs), after(made, endMs)),
      };
    }
    case 'backfill': {
      const sent = run.appends.filter(({ event }) => event.producer === fault.producer);
      const cameMs = sent.map(({ appendMs }) => appendMs).sort((a, b) => a - b);
      return {
        startBoundsMs: bounds(startMs, cameMs[0] ?? startMs),
        endBoundsMs: bounds(sent.at(-1)?.event.readyMs ?? endMs, Math.max(endMs, cameMs.at(-1) ?? endMs)),
      };
    }
    case 'upstream': {
      const sent = run.appends.filter(({ event }) => event.producer === fault.producer);
      const held = sent.filter(({ event }) => event.createdMs < endMs && event.readyMs > startMs);
      const caughtUpMs = Math.max(endMs, ...held.map(({ appendMs }) => appendMs));
      return { startBoundsMs: bounds(startMs, startMs + 2 * pollMs), endBoundsMs: bounds(endMs, caughtUpMs) };
    }
    default:
      return { startBoundsMs: bounds(startMs - 2 * pollMs, startMs), endBoundsMs: bounds(endMs, endMs + 1.2 * pollMs) };
  }
}

/** It began between the last event that came and the first one that was held up, and ended before the first that came then. */
function outageBounds(appends: readonly Append[], startMs: number, endMs: number, lastMs: number): Bounds {
  const ended = Math.min(endMs, lastMs);
  const held = appends.filter(({ event, appendMs }) => appendMs >= ended && event.readyMs < ended);
  const firstHeldMs = least(held.map(({ event }) => event.createdMs).filter((at) => at > startMs - 3_000)) ?? ended;
  const beforeMs = appends.filter(({ appendMs }) => appendMs < startMs).map(({ event }) => event.createdMs);
  const lastBeforeMs = beforeMs.reduce((a, b) => Math.max(a, b), 0);
  const backMs = least(appends.map(({ appendMs }) => appendMs).filter((at) => at >= ended));
  return {
    startBoundsMs: bounds(Math.min(lastBeforeMs, startMs), Math.max(firstHeldMs, Math.min(startMs, firstHeldMs))),
    endBoundsMs: bounds(ended, backMs ?? ended + 3_600_000),
  };
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
}

function before(sorted: readonly number[], atMs: number): number {
  return sorted.findLast((at) => at < atMs) ?? atMs;
}

function after(sorted: readonly number[], atMs: number): number {
  return sorted.find((at) => at >= atMs) ?? atMs;
}

function bounds(lowMs: number, highMs: number): [number, number] {
  return [Math.round(Math.min(lowMs, highMs)), Math.round(highMs)];
}
