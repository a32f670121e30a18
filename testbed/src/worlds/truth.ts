import type { Truth } from '../scenarios/truth.ts';
import { happeningOf } from './incidents.ts';
import { type Causes, causesOf, latenessOf } from './lateness.ts';
import { keyOf, type Run, run } from './run.ts';
import { causeOf, type World } from './world.ts';

const materialMs = 1000;
const gridMs = 1000;
/** An incident that nobody need find: too few records, or too short. */
const leastMaterial = 3;
const leastMs = 5000;

/** What was really going on, in the format of the scenarios (their `README.md`, section 3). */
export function truthOf(world: World, real: Run): Truth & { readonly [field: string]: unknown } {
  const all = latenessOf(world, real);
  const causes = causesOf(world, all, (faults) => latenessOf(world, run(world, faults)));
  const keys = real.records.map(({ event }) => keyOf(event));
  const isMaterial = (key: number): boolean => (all.byMs.get(key) ?? 0) >= materialMs;
  const late = keys.filter((key) => all.byMs.has(key));
  const material = late.filter(isMaterial);
  const dropped = keys.filter((key) => all.dropped.has(key));
  const countOf = (of: Causes['late'], among: readonly number[], fault: string): number =>
    among.filter((key) => of.get(key)!.includes(fault)).length;
  const names = new Map(world.faults.map(({ id, kind }) => [id, causeOf[kind]]));
  const byCause = (of: Causes['late'], among: readonly number[]) => {
    const out: { [cause: string]: number } = {};
    for (const key of among) {
      for (const cause of new Set(of.get(key)!.map((id) => names.get(id) ?? id))) out[cause] = (out[cause] ?? 0) + 1;
    }
    return out;
  };
  const incidents = world.faults.flatMap((fault) => {
    const happening = happeningOf(world, real, fault);
    if (happening === undefined) return [];
    const materiallyLate = countOf(causes.late, material, fault.id);
    const isChronic = happening.kind === 'shuffle' && happening.endMs - happening.startMs > 0.9 * world.durationMs;
    const isLong = happening.endMs - happening.startMs >= leastMs;
    return [
      {
        ...happening,
        expected: materiallyLate >= leastMaterial && isLong && !isChronic,
        late: countOf(causes.late, late, fault.id),
        materiallyLate,
        dropped: countOf(causes.dropped, dropped, fault.id),
      },
    ];
  });
  return {
    scenario: world.name,
    family: world.family,
    seed: world.seed,
    durationMs: world.durationMs,
    policy: { ...world.policy, materialMs },
    faults: world.faults.map(({ id, kind, spans, ...args }) => ({
      id,
      kind,
      cause: causeOf[kind],
      spansMs: spans.map(([startMs, endMs]) => [Math.round(startMs), Math.round(Math.min(endMs, world.durationMs))]),
      args,
    })),
    producers: world.producers,
    incidents,
    late: setsOf(keys, causes.late),
    lateStrict: setsOf(keys, causes.lateStrict),
    dropped: setsOf(keys, causes.dropped),
    material: runsOf(keys, (key) => (isMaterial(key) ? 0 : undefined)).map(([index, count]) => [index, count]),
    counts: {
      events: real.events,
      records: keys.length,
      late: late.length,
      materiallyLate: material.length,
      dropped: dropped.length,
      lateByCause: byCause(causes.late, late),
      materiallyLateByCause: byCause(causes.late, material),
      droppedByCause: byCause(causes.dropped, dropped),
    },
    streamTime: world.tasks.map((_, task) => streamTimeOf(world, real, task)),
    hostOffsetUs: Object.fromEntries(
      [...real.clocks].map(([host, clock]) => [
        host,
        Array.from({ length: Math.ceil(world.durationMs / 60_000) }, (_, i) => [
          i * 60_000,
          Math.round(clock(i * 60_000) * 1000),
        ]),
      ]),
    ),
    recordProducer: real.records.map(({ event }) => event.producer),
    createdMinusE: real.records.map(({ event }) => Math.round(event.createdMs - event.eventMs)),
  };
}

function setsOf(keys: readonly number[], causes: Causes['late']): Truth['late'] {
  const sets: (readonly string[])[] = [];
  const numbers = new Map<string, number>();
  const runs = runsOf(keys, (key) => {
    const set = causes.get(key);
    if (set === undefined) return undefined;
    const name = set.join();
    if (!numbers.has(name)) numbers.set(name, sets.push(set) - 1);
    return numbers.get(name)!;
  });
  return { sets, runs };
}

function runsOf(keys: readonly number[], of: (key: number) => number | undefined): [number, number, number][] {
  const out: [number, number, number][] = [];
  for (const [index, key] of keys.entries()) {
    const value = of(key);
    if (value === undefined) continue;
    const last = out.at(-1);
    if (last !== undefined && last[0] + last[1] === index && last[2] === value) last[1]++;
    else out.push([index, 1, value]);
  }
  return out;
}

/** The largest event time processed, and between which times of creation what is processed and what is not divide. */
function streamTimeOf(
  world: World,
  real: Run,
  task: number,
): Truth['streamTime'][number] & { readonly s: unknown; readonly tLow: unknown } {
  const taken = real.taken[task]!;
  const own = taken.filter(({ entry }) => world.producers[entry.event.producer]!.process.kind !== 'replay');
  const made = own.map(({ entry }) => entry.event.createdMs).sort((a, b) => a - b);
  const leastFrom: number[] = [];
  for (let i = own.length, least = Number.POSITIVE_INFINITY; i >= 0; i--) {
    least = Math.min(least, own[i]?.entry.event.createdMs ?? Number.POSITIVE_INFINITY);
    leastFrom[i] = least;
  }
  const s: (number | null)[] = [];
  const tLow: (number | null)[] = [];
  const tHigh: (number | null)[] = [];
  let streamMs = Number.NEGATIVE_INFINITY;
  for (let atMs = 0, next = 0, nextOwn = 0, low = 0; atMs < world.durationMs; atMs += gridMs) {
    for (; next < taken.length && taken[next]!.atMs <= atMs; next++) {
      streamMs = Math.max(streamMs, taken[next]!.entry.event.eventMs);
    }
    while (nextOwn < own.length && own[nextOwn]!.atMs <= atMs) nextOwn++;
    const highMs = Math.min(atMs, leastFrom[nextOwn]!);
    while (low < made.length && made[low]! < highMs) low++;
    s.push(Number.isFinite(streamMs) ? streamMs : null);
    tLow.push(low === 0 ? null : Math.round(made[low - 1]!));
    tHigh.push(Math.round(highMs));
  }
  return { task, stepMs: gridMs, s, tLow, tHigh };
}
