import type { Assessment, BoundEnd, ClockRole, EventTimeUse, KnownClock, KnownDrift, Within } from '@tidemark/core';
import { formatDuration, formatOffset } from '../format.ts';
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
  for (const { status, subject } of assessment.findings) {
    if (status !== 'open') continue;
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
    offset: offsetText({ low, high }),
    grades,
    notes: notesOf(clock),
    isSuspect,
  };
}

const roles: { readonly [R in ClockRole]: string } = { host: 'host', broker: 'broker', producer: 'producer' };

function roleText({ role, cluster }: KnownClock): string {
  return cluster === undefined ? roles[role] : `${roles[role]} of ${cluster}`;
}

/** Each end by itself where they rest on different grounds. */
export function offsetText({ low, high }: Pick<KnownClock, 'low' | 'high'>): string {
  if (low.basis === 'unknown' && high.basis === 'unknown') return 'unknown: nothing bounds it';
  if (low.basis === high.basis && low.basis !== 'unknown' && high.basis !== 'unknown')
    return `${formatOffset(low.ms)} to ${formatOffset(high.ms)}, ${low.basis}`;
  return `at least ${endText(low)}, at most ${endText(high)}`;
}

function endText(end: BoundEnd): string {
  return end.basis === 'unknown' ? 'unknown' : `${formatOffset(end.ms)} (${end.basis})`;
}

function notesOf(clock: KnownClock): string[] {
  const notes: string[] = [];
  if (clock.isSuspect) notes.push('set aside: it contradicts the others, and is not believed now');
  if (clock.use !== undefined && uses[clock.use] !== undefined) notes.push(uses[clock.use]!);
  if (clock.drift !== undefined) notes.push(driftText(clock.drift));
  const { readings } = clock;
  if (readings !== undefined) {
    notes.push(
      readings.ageMs === undefined
        ? `not read: ${whyNone(readings.source)}`
        : `read from ${readings.source} ${formatDuration(readings.ageMs)} ago`,
    );
    for (const { name, trouble } of readings.sources) if (trouble !== undefined) notes.push(`${name}: ${trouble}`);
  } else if (clock.provedIfNotSetSinceMs !== undefined) {
    notes.push('no agent there: it holds if its clock was not set');
  }
  return notes;
}

const uses: { readonly [U in EventTimeUse]?: string } = {
  replay: 'its create times are those of a replay: not used',
  'not-a-clock': 'its create times are no clock’s: not used',
};

/** `12.5 ± 2 ppm fast (1.1 s a day), over 5 min`. */
export function driftText({ ppm, errorPpm, spanMs, against }: KnownDrift): string {
  const figures = `${figure(Math.abs(ppm))} ± ${figure(errorPpm)} ppm`;
  const than = against === undefined ? '' : ` against ${against}`;
  if (Math.abs(ppm) <= errorPpm) return `drift not told from none: ${figures}${than}, over ${formatDuration(spanMs)}`;
  const pace = ppm > 0 ? 'fast' : 'slow';
  return `${figures} ${pace}${than} (${formatDuration(Math.abs(ppm) * 86.4)} a day), over ${formatDuration(spanMs)}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** An agent without a clock source says `none (no chrony on …)`: the reason is what one wants to read. */
function whyNone(source: string): string {
  return /^none \((.+)\)$/.exec(source)?.[1] ?? (source === '' ? 'nothing says how wrong it may be' : source);
}
