import {
  type Assessment,
  type BoundEnd,
  type ClockRole,
  driftWords,
  type EventTimeUse,
  type KnownClock,
  offsetWords,
  readingWords,
  type Within,
} from '@tidemark/core';
import { formatDuration } from '../format.ts';
import { byName, firstOf, maxShown, type Shown } from '../view.ts';

export interface ClockRow {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly low: BoundEnd;
  readonly high: BoundEnd;
  /** `−0.41 ms to +0.62 ms, proved`. */
  readonly offset: string;
  readonly grades: readonly Grade[];
  /** Drift, where it is read, how old that is, what holds only if, most telling first. */
  readonly notes: readonly string[];
  readonly isSuspect: boolean;
}

/** `1 ms`, and whether the clock is right to within that. */
export interface Grade {
  readonly limit: string;
  readonly within: Within;
}

/** The ones that need a look come first; the order does not change while nothing does. */
export function clockRows(assessment: Assessment): Shown<ClockRow> & { readonly rest: readonly ClockRow[] } {
  const spokenOf = new Set<string>();
  for (const { kind, status, subject } of assessment.findings) {
    // Of one that never had a source its grade says all that is to be said.
    if (status !== 'open' || kind === 'clockSourceMissing') continue;
    if (subject.kind === 'clock') spokenOf.add(subject.id);
    if (subject.kind === 'clocks') for (const name of subject.names) spokenOf.add(name);
  }
  const clocks = assessment.clocks.map((clock) => ({
    clock,
    rank: rankOf(clock, spokenOf.has(clock.id) || spokenOf.has(clock.name)),
    widthMs: widthOf(clock),
  }));
  clocks.sort(
    (a, b) =>
      b.rank - a.rank ||
      isRead(b.clock) - isRead(a.clock) ||
      b.widthMs - a.widthMs ||
      byName(a.clock.name, b.clock.name),
  );
  const rows = clocks.map(({ clock }) => clockRow(clock));
  const shown = firstOf(rows, maxShown.clocks);
  return { ...shown, rest: rows.slice(maxShown.clocks) };
}

/**
 * Somebody says so, proved to be off, not known to be right, right. A clock that nobody reads is never known well, and nothing
 * calls for a look because of that.
 */
function rankOf({ grade, isSuspect, readings }: KnownClock, isSpokenOf: boolean): number {
  const rank = (within: Within): number => (within === 'unknown' && readings === undefined ? 0 : ranks[within]);
  const ofGrace = grade.grace === undefined ? 0 : rank(grade.grace.within);
  return (isSuspect || isSpokenOf ? 100 : 0) + 10 * ofGrace + rank(grade.oneMs);
}
const ranks: { readonly [W in Within]: number } = { yes: 0, unknown: 1, no: 2 };

function isRead({ readings }: KnownClock): number {
  return readings === undefined ? 0 : 1;
}

function widthOf({ low, high }: KnownClock): number {
  return low.basis === 'unknown' || high.basis === 'unknown' ? Number.POSITIVE_INFINITY : high.ms - low.ms;
}

function clockRow(clock: KnownClock): ClockRow {
  const { id, name, low, high, grade, isSuspect } = clock;
  const grades: Grade[] = [{ limit: '1 ms', within: grade.oneMs }];
  if (grade.grace) grades.push({ limit: `grace ${formatDuration(grade.grace.graceMs)}`, within: grade.grace.within });
  return {
    id,
    name,
    role: roleText(clock),
    low,
    high,
    offset: offsetWords({ low, high }),
    grades,
    notes: notesOf(clock),
    isSuspect,
  };
}

const roles: { readonly [R in ClockRole]: string } = { host: 'host', broker: 'broker', producer: 'producer' };

function roleText({ role, cluster }: KnownClock): string {
  return cluster === undefined ? roles[role] : `${roles[role]} of ${cluster}`;
}

function notesOf(clock: KnownClock): string[] {
  const notes: string[] = [];
  if (clock.isSuspect || clock.readings?.setAside)
    notes.push('set aside: its readings contradict each other or the others, and are not believed now');
  if (clock.awaitsReading) notes.push('does not fit the others since it was last read: its next reading is awaited');
  if (clock.use !== undefined && uses[clock.use] !== undefined) notes.push(uses[clock.use]!);
  if (clock.drift !== undefined) notes.push(driftWords(clock.drift));
  const { readings } = clock;
  if (readings !== undefined) {
    const read = readingWords(readings);
    notes.push(read);
    for (const { name, trouble } of readings.sources) {
      if (trouble !== undefined && !read.includes(trouble))
        notes.push(trouble.includes(name) ? trouble : `${name}: ${trouble}`);
    }
  } else if (clock.provedIfNotSetSinceMs !== undefined) {
    notes.push('read by no agent: it holds if its clock was not set');
  }
  return notes;
}

const uses: { readonly [U in EventTimeUse]?: string } = {
  replay: 'its create times are those of a replay: not used',
  'not-a-clock': 'its create times are no clock’s: not used',
};
