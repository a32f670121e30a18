import { keyOf, type Run } from './run.ts';
import { causeOf, type Fault, type World } from './world.ts';

/** How late each record of a run is; one that is not late is not in it. */
export interface Lateness {
  readonly byMs: ReadonlyMap<number, number>;
  readonly dropped: ReadonlySet<number>;
}

export function latenessOf({ policy }: World, { taken }: Run): Lateness {
  const byMs = new Map<number, number>();
  const dropped = new Set<number>();
  for (const task of taken) {
    let streamMs = Number.NEGATIVE_INFINITY;
    for (const { entry } of task) {
      const { eventMs } = entry.event;
      if (eventMs < streamMs) {
        byMs.set(keyOf(entry.event), streamMs - eventMs);
        const closesMs = Math.floor(eventMs / policy.windowMs) * policy.windowMs + policy.windowMs + policy.graceMs;
        if (closesMs <= streamMs) dropped.add(keyOf(entry.event));
      }
      streamMs = Math.max(streamMs, eventMs);
    }
  }
  return { byMs, dropped };
}

/** By record, the ids of the faults that made it late, `intrinsic` among them. */
export interface Causes {
  readonly late: ReadonlyMap<number, readonly string[]>;
  readonly lateStrict: ReadonlyMap<number, readonly string[]>;
  readonly dropped: ReadonlyMap<number, readonly string[]>;
}

/** Look-alikes are causes of nothing: they stay in all worlds. */
export function causesOf(world: World, all: Lateness, lateUnder: (faults: readonly Fault[]) => Lateness): Causes {
  const causes = world.faults.filter(({ kind }) => causeOf[kind] !== null);
  const rest = world.faults.filter(({ kind }) => causeOf[kind] === null);
  const none = causes.length === 0 ? all : lateUnder(rest);
  const without = causes.map(({ id }) => ({ id, late: lateUnder(world.faults.filter((fault) => fault.id !== id)) }));
  const single = new Map<string, Lateness>();
  const alone = (fault: Fault): Lateness => {
    const known = single.get(fault.id) ?? (causes.length === 1 ? all : lateUnder([...rest, fault]));
    single.set(fault.id, known);
    return known;
  };
  const judge = (isCause: (late: Lateness) => boolean, isSame: (late: Lateness) => boolean): string[] => {
    const found = without.filter(({ late }) => isCause(late)).map(({ id }) => id);
    if (isSame(none)) found.unshift('intrinsic');
    return found.length > 0 ? found : causes.filter((fault) => isSame(alone(fault))).map(({ id }) => id);
  };
  const main = new Map<number, string[]>();
  const strict = new Map<number, string[]>();
  const dropped = new Map<number, string[]>();
  for (const [key, byMs] of all.byMs) {
    const half = byMs / 2;
    const of = (late: Lateness): number => late.byMs.get(key) ?? 0;
    main.set(
      key,
      judge(
        (late) => of(late) < half,
        (late) => of(late) >= half,
      ),
    );
    strict.set(
      key,
      judge(
        (late) => of(late) === 0,
        (late) => of(late) > 0,
      ),
    );
    if (all.dropped.has(key)) {
      dropped.set(
        key,
        judge(
          (late) => !late.dropped.has(key),
          (late) => late.dropped.has(key),
        ),
      );
    }
  }
  return { late: main, lateStrict: strict, dropped };
}
