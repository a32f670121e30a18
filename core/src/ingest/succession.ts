import { isAssigned, presenceOfSource } from '../assess/true-stream-time.ts';
import { noteBack } from '../assess/watch.ts';
import type { Arrival } from '../habits/arrival.ts';
import { copyOf, createHabit } from '../habits/habit.ts';
import { continueDays, partDays } from '../habits/rhythms.ts';
import { isConfirmed } from '../incidents/incident.ts';
import { turn } from '../incidents/incident-status.ts';
import type { Cell } from '../report.ts';
import { sourceKey, sourceName } from '../source.ts';
import type { LaneFold, SourceFold, State } from './state.ts';

/**
 * A producer without a name that is restarted comes back under another producer id. It is the same source, and is taken for
 * it where the evidence says so and leaves no choice:
 *
 *     4702  ──●●●●●●●●                         silent beyond its habit, never heard of again, not for so long that it is gone
 *     4711                ●●●●●●●●●●──●──●──   its first record there has sequence 0: it has just begun, not just been found
 *
 * It goes on in event time too: who brings events of before the silence is somebody who replays them, while the old one may
 * be cut off. Nobody else that writes there may be missing, nobody else may have begun there since, and the new one writes nowhere that
 * the old one did not. Until that is clear the new one is judged by the old one's habit and blamed for nothing. If the old
 * one is heard of again, they were two.
 */
export interface Beginning {
  /** When its first record was appended, by any of its lanes. */
  readonly atMs: number;
  /** The smallest event time that it has brought, as long as that matters. */
  fromEventMs: number;
  /** The key of the one that it seems to continue, as long as that is not clear. */
  provisional: string | undefined;
  /** When to look again whether it is clear; undefined: it is. */
  lookAtMs: number | undefined;
  /** The one that it continued was heard of again. */
  isRefuted: boolean;
}

/** Reports of other tasks, and others that begin or stay away at the same time, are waited for this long. */
const settleMs = 10_000;
/** So many are looked at in a tick: that all producers are new at once must not hold it up. */
const maxLooks = 200;
/** Fewer records are no habit to continue. */
const leastRecords = 10;
/** Event times are this coarse: the grain of stamps and batches. */
const grainMs = 1_000;

/** A producer id that is new in the group: whom does it continue, as far as can be told at once? */
export function begin(
  state: State,
  of: SourceFold,
  {
    placeKey,
    first,
    cell,
  }: { readonly placeKey: string; readonly first: Arrival; readonly cell: Pick<Cell, 'firstSequence' | 'minEventMs'> },
): void {
  if (of.source.kind !== 'producer' || cell.firstSequence !== 0) return;
  if (!Number.isFinite(first.lowMs) || !Number.isFinite(first.highMs)) return;
  of.beginning = {
    atMs: first.highMs,
    fromEventMs: cell.minEventMs,
    provisional: undefined,
    lookAtMs: first.highMs + settleMs,
    isRefuted: false,
  };
  const places = new Set([placeKey]);
  let before: SourceFold | undefined;
  for (const other of state.sources.values()) {
    if (presenceOfSource(other, first.lowMs) !== 'silent' || !mayBe(other, of, places)) continue;
    if (before !== undefined) return;
    before = other;
  }
  if (before === undefined || !goesOn(before, of.beginning) || rival(state, before, of)) return;
  of.beginning.provisional = before.key;
  of.records = before.records;
  of.outOfOrder = before.outOfOrder;
  of.gapsMs.push(...before.gapsMs);
  of.gapAt = before.gapAt;
  of.usualGapMs = before.usualGapMs;
  of.lastSeenMs = before.lastSeenMs;
  of.lastCreatedMs = before.lastCreatedMs;
  of.promptMs = before.promptMs;
  of.latestMs = before.latestMs;
  Object.assign(of.earlier, before.earlier);
}

/** What a source's first lane in a partition goes on from: what was usual there, and the last record before the silence. */
export function laneBefore(
  state: State,
  of: SourceFold,
  placeKey: string,
): Pick<LaneFold, 'habit' | 'last' | 'replay'> | undefined {
  const before = sourceOf(state, of.beginning?.provisional ?? of.continues);
  if (before === undefined || of.lanes.some((lane) => lane.placeKey === placeKey)) return undefined;
  const lanes = before.lanes.filter((lane) => lane.placeKey === placeKey);
  const latest = lanes.sort((a, b) => b.lastSecondMs - a.lastSecondMs)[0];
  return latest && { habit: copyOf(latest.habit), replay: { ...latest.replay }, last: latest.last };
}

/** Called with each cell of a source, and its first record. */
export function noteHeard(
  state: State,
  of: SourceFold,
  first: Arrival,
  { minEventMs }: Pick<Cell, 'minEventMs'>,
): void {
  const own = of.beginning;
  if (own?.lookAtMs !== undefined) own.fromEventMs = Math.min(own.fromEventMs, minEventMs);
  const beginning = sourceOf(state, of.continuedBy)?.beginning;
  if (beginning !== undefined && first.lowMs > beginning.atMs) beginning.isRefuted = true;
}

/** Whether what it does is judged by the habit of one that it may not continue after all. */
export function isProvisional({ beginning }: SourceFold): boolean {
  return beginning?.provisional !== undefined;
}

/** Decides what has become clear. */
export function settleSuccessions(state: State, nowMs: number): void {
  let looks = 0;
  for (const of of state.sources.values()) {
    const { beginning } = of;
    if (beginning === undefined) continue;
    if (beginning.isRefuted) refute(state, of, beginning, nowMs);
    if (beginning.lookAtMs === undefined || looks >= maxLooks || reportedMs(of) < beginning.lookAtMs) continue;
    decide(state, of, beginning, nowMs);
    looks++;
  }
}

function decide(state: State, of: SourceFold, beginning: Beginning, nowMs: number): void {
  const before = whomItContinues(state, of, beginning);
  if (before === 'open') {
    beginning.lookAtMs = reportedMs(of) + settleMs;
    return;
  }
  beginning.lookAtMs = undefined;
  if (beginning.provisional !== before?.key) part(of);
  beginning.provisional = undefined;
  if (before === undefined || before.source.kind !== 'producer') return;
  of.continues = before.key;
  before.continuedBy = of.key;
  continueDays(state, before, of);
  named(of, before.source.producerId);
  handOver(state, before, of, beginning.atMs, nowMs);
}

/** A silence that began with the one and ended with the other is one of this source: what the other brings tells what it was. */
function handOver(state: State, before: SourceFold, of: SourceFold, heardMs: number, nowMs: number): void {
  const fold = before.suspectedId === undefined ? undefined : state.incidents.get(before.suspectedId);
  const suspicion = fold?.incident.suspicion;
  if (suspicion === undefined || fold?.incident.status !== 'suspected' || of.suspectedId !== undefined) return;
  of.suspectedId = before.suspectedId;
  of.suspectedSinceMs = before.suspectedSinceMs;
  before.suspectedId = undefined;
  const silentMs = heardMs - suspicion.sinceMs;
  fold.incident = { ...fold.incident, source: of.source, suspicion: { ...suspicion, silentMs } };
  noteBack(fold, heardMs, nowMs);
}

function whomItContinues(state: State, of: SourceFold, beginning: Beginning): SourceFold | 'open' | undefined {
  const { atMs } = beginning;
  const places = placesOf(of);
  let missing: SourceFold | undefined;
  let isOpen = false;
  for (const other of state.sources.values()) {
    if (other.lastSeenMs > atMs || presenceOfSource(other, atMs) === 'gone' || !mayBe(other, of, places)) continue;
    if (presenceOfSource(other, reportedMs(other)) === 'live') isOpen = true;
    else if (missing === undefined) missing = other;
    else return undefined;
  }
  if (missing === undefined) return isOpen ? 'open' : undefined;
  if (!goesOn(missing, beginning) || rival(state, missing, of)) return undefined;
  const before = placesOf(missing);
  if (![...places].every((place) => before.has(place))) return undefined;
  return isOpen ? 'open' : missing;
}

/** Whether what it brings was made after what the one before brought. */
function goesOn({ records, lastCreatedMs, lanes }: SourceFold, { fromEventMs }: Beginning): boolean {
  const disorderMs = Math.max(grainMs, ...lanes.map((lane) => lane.habit.usualDelayMs));
  return records >= leastRecords && fromEventMs >= lastCreatedMs - disorderMs;
}

/** Whether it writes where the other one does, without a name, and is not another source's past already. */
function mayBe(other: SourceFold, of: SourceFold, places: ReadonlySet<string>): boolean {
  if (other === of || other.group !== of.group || other.source.kind !== 'producer') return false;
  return other.continuedBy === undefined && other.lanes.some(({ placeKey }) => places.has(placeKey));
}

/** Whether somebody else has begun since in its place. */
function rival(state: State, before: SourceFold, of: SourceFold): boolean {
  const places = placesOf(before);
  for (const other of state.sources.values()) {
    const { beginning } = other;
    if (beginning === undefined || other === before || other.continues !== undefined) continue;
    if (beginning.atMs > before.lastSeenMs && mayBe(other, of, places)) return true;
  }
  return false;
}

/** They are two: what was taken over is given back, and what was concluded from it. */
function part(of: SourceFold): void {
  if (!isProvisional(of)) return;
  of.records = of.lanes.reduce((sum, lane) => sum + lane.records, 0);
  of.outOfOrder = of.lanes.reduce((sum, lane) => sum + lane.outOfOrder, 0);
  of.gapsMs.length = 0;
  of.gapAt = 0;
  of.usualGapMs = 0;
  of.promptMs = Number.NEGATIVE_INFINITY;
  of.latestMs = Number.NEGATIVE_INFINITY;
  Object.assign(of.earlier, { idle: 0, cut: 0, idleMs: 0 });
  for (const lane of of.lanes) {
    Object.assign(lane.habit, createHabit());
    for (const hold of lane.holds) {
      hold.kind = 'passed';
      hold.untilMs ??= lane.lastSecondMs;
    }
  }
}

/** What was said of them as one says so from here on; what the new one has learnt since is its own. */
function refute(state: State, of: SourceFold, { atMs }: Beginning, nowMs: number): void {
  const continues = sourceOf(state, of.continues);
  of.beginning = undefined;
  of.continues = undefined;
  if (continues === undefined) return;
  continues.continuedBy = undefined;
  partDays(state, of);
  named(of, undefined);
  const reason = `${sourceName(continues.source)} is heard of again: ${sourceName(of.source)} is another one`;
  for (const fold of state.incidents.values()) {
    const { incident } = fold;
    if (incident.group !== of.group || sourceKey(incident.source) !== sourceKey(of.source)) continue;
    if (incident.source.before === undefined) continue;
    const isOfOld = !isConfirmed(incident) && incident.start.lowMs < atMs;
    if (isOfOld && of.suspectedId === incident.id) {
      continues.suspectedId = incident.id;
      of.suspectedId = undefined;
    }
    fold.incident = { ...incident, source: isOfOld ? continues.source : of.source };
    turn(fold, incident.status, nowMs, reason);
  }
}

function named(of: SourceFold, before: string | undefined): void {
  if (of.source.kind !== 'producer') return;
  const { kind, producerId } = of.source;
  of.source = { kind, producerId, ...(before === undefined ? {} : { before }) };
  for (const lane of of.lanes) lane.source = of.source;
}

/** It is let go of. */
export function forgetSuccession(state: State, of: SourceFold): void {
  const after = sourceOf(state, of.continuedBy);
  const before = sourceOf(state, of.continues);
  if (after !== undefined) after.continues = undefined;
  if (before !== undefined) before.continuedBy = undefined;
}

function sourceOf(state: State, key: string | undefined): SourceFold | undefined {
  return key === undefined ? undefined : state.sources.get(key);
}

function placesOf({ lanes }: SourceFold): Set<string> {
  return new Set(lanes.map(({ placeKey }) => placeKey));
}

/** Up to when all that would have heard of it have told. */
function reportedMs({ lanes }: SourceFold): number {
  const assigned = lanes.filter((lane) => isAssigned(lane.task, lane));
  return Math.min(...(assigned.length === 0 ? lanes : assigned).map(({ task }) => task.reportedMs));
}
