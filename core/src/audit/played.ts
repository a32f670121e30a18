import type { AuditPolicy } from './audit-policy.ts';
import { createAudited } from './audited.ts';
import { gridOf, hasGrid } from './grid-run.ts';
import { LossList, missingIn } from './loss-list.ts';
import { OrderDigest } from './order-digest.ts';
import { policyRun } from './policy-run.ts';
import type { RecordedLane } from './recorded.ts';
import type { Schedule } from './schedules.ts';

/** What one order dropped. */
export interface Played {
  readonly lists: readonly LossList[];
  /** Of each window that lost something: a sum over what it lost, whatever the order. */
  readonly windows: ReadonlyMap<number, number>;
  readonly digest: string;
  readonly dropped: number;
}

/** `from`: offsets by place; what is dropped before them does not count. */
export function played(
  { spec }: AuditPolicy,
  tasks: readonly (readonly RecordedLane[])[],
  schedule: Schedule,
  from: readonly number[] = [],
): Played {
  const lists: LossList[] = [];
  const windows = new Map<number, number>();
  const digest = new OrderDigest();
  const record = createAudited();
  const grid = hasGrid(spec) ? gridOf(spec) : undefined;
  let dropped = 0;
  for (const lanes of tasks) {
    const run = policyRun(spec, { partitionCount: lanes.length, hasKeys: false });
    schedule(lanes, (lane, at) => {
      const { place, offsets, eventsMs, arrivalsMs } = lanes[lane]!;
      record.place = place;
      record.offset = offsets[at]!;
      record.eventMs = eventsMs[at]!;
      record.arrivalMs = arrivalsMs[at]!;
      digest.take(place, record.offset);
      run.take(record, lane);
      const { refused, isLost, eventMs } = run.judgement;
      if ((refused === 0 && !isLost) || record.offset < (from[place] ?? 0)) return;
      dropped++;
      (lists[place] ??= new LossList(Number.POSITIVE_INFINITY)).add(record.offset);
      if (grid === undefined) return;
      const lastStartMs = grid.lastStartMs(eventMs);
      let startMs = grid.firstStartMs(eventMs, lastStartMs);
      for (let i = 0; i < refused; i++, startMs += grid.advanceMs) {
        windows.set(startMs, (windows.get(startMs) ?? 0) + mixed(place, record.offset));
      }
    });
  }
  return { lists, windows, digest: digest.text, dropped };
}

/** A number of 32 bits for a record: sums of it tell sets apart, in whichever order they were added. */
function mixed(place: number, offset: number): number {
  let bits = Math.imul(offset ^ Math.imul(place + 1, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0xc2b2ae35);
  return (bits ^ (bits >>> 13)) >>> 0;
}

/** Starts of windows that lost one thing in the one and another in the other. */
export function changedWindows(one: Played, other: Played): number[] {
  const starts = new Set([...one.windows.keys(), ...other.windows.keys()]);
  return [...starts].filter((startMs) => one.windows.get(startMs) !== other.windows.get(startMs)).sort((a, b) => a - b);
}

/** How many records the one dropped and the other did not. */
export function missingBetween(one: Played, other: Played): number {
  return one.lists.reduce(
    (total, list, place) => total + missingIn(list?.ranges ?? [], other.lists[place]?.ranges ?? []),
    0,
  );
}
