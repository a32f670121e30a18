/** What is said of clocks to the person on call. */
import type { Claimant } from '../clock/liar.ts';
import type {
  ClockBoundEvidence,
  ClockContradictionEvidence,
  ClockOffEvidence,
  ClockSourceEvidence,
  ClockStepEvidence,
  FindingSubject,
} from '../findings/finding.ts';
import { formatDuration as duration } from '../telling/format.ts';
import { claimantName } from './contradictions.ts';
import type { KnownClock, KnownDrift } from './known-clock.ts';

export function drift(name: string, { ppm, errorPpm, spanMs, against }: KnownDrift): string {
  const pace = ppm > 0 ? 'fast' : 'slow';
  const perDay = duration(Math.abs(ppm) * 86.4);
  const than = against === undefined ? '' : ` against ${against}, whose own drift is not known`;
  return `${name}'s clock runs ${figure(Math.abs(ppm))} ppm (±${figure(errorPpm)}) ${pace}${than}: ${perDay} a day, measured over ${duration(spanMs)}.`;
}

export function off(name: string, { byMs, graceMs }: ClockOffEvidence): string {
  const [where, whose] = byMs > 0 ? ['ahead of', "others' records come"] : ['behind', 'its own records come'];
  return `${name}'s clock is at least ${duration(Math.abs(byMs))} ${where} true time, which is proved, and the smallest grace in use is ${duration(graceMs)}: where its stamps are event times, ${whose} too late.`;
}

export function step(subject: FindingSubject, { byMs, seenBy }: ClockStepEvidence): string {
  const size = duration(Math.abs(byMs));
  if (subject.kind === 'path') {
    return byMs < 0
      ? `${subject.from}: clock behind or records held back by about ${size}, as ${subject.to} sees them.`
      : `${subject.from}: clock ahead or records under way for about ${size} less than before, as ${subject.to} sees them.`;
  }
  const name = subject.kind === 'clocks' ? subject.names.join(', ') : subject.name;
  const direction = byMs > 0 ? 'forward' : 'back';
  switch (seenBy) {
    case 'hostClock':
      return `${name}'s clock was set ${direction} by ${size}: its agent saw it part from the monotonic clock.`;
    case 'eventTime':
      return `${name}'s clock was set ${direction} by about ${size}: its create times leapt while its records came as before.`;
    case 'floors':
    case 'floor':
      // A broker that takes longer looks as if its clock were ahead, a producer that does as if it were behind.
      return `${name}'s clock was set ${direction} by about ${size}, or all of its records are under way for so much ${isLonger(subject, byMs) ? 'longer' : 'less'}: all that it stamps moved at once, and nothing else.`;
  }
}

function isLonger(subject: FindingSubject, byMs: number): boolean {
  const isBroker = subject.kind === 'clock' && subject.id.startsWith('broker ');
  return isBroker === byMs > 0;
}

export function suspectNames({ suspects }: Pick<ClockContradictionEvidence, 'suspects'>): string[] {
  return [...new Set(suspects.flat().map(claimantName))].sort();
}

export function contradiction({ kind, suspects, byMs }: ClockContradictionEvidence): string {
  const names = suspectNames({ suspects });
  const by = duration(byMs);
  switch (kind) {
    case 'liars':
      return `${listed(names, 'and')} cannot be right: what ${names.length === 1 ? 'it says' : 'they say'} of the time contradicts all others by ${by} or more. ${names.length === 1 ? 'Its' : 'Their'} readings are not believed.`;
    case 'ambiguous':
      return ambiguous(suspects, by);
    case 'many':
      return `The readings of ${listed(names, 'and')} contradict each other by ${by} or more, and none of them is believed.`;
    case 'unsteady':
      return `The clock of ${listed(names, 'or')} was set and nobody said so, or it drifts faster than 50 ppm: it moved by ${by} or more.`;
  }
}

/** Who is in every set is wrong for sure; nothing tells which of the others is. */
function ambiguous(suspects: readonly (readonly Claimant[])[], by: string): string {
  const sets = suspects.map((set) => new Set(set.map(claimantName)));
  const names = suspectNames({ suspects });
  const certain = names.filter((name) => sets.every((set) => set.has(name)));
  const rest = listed(
    names.filter((name) => !certain.includes(name)),
    'or',
  );
  if (certain.length === 0)
    return `${rest} is wrong by ${by} or more, and nothing tells which: none of their readings is believed.`;
  return `${listed(certain, 'and')} ${certain.length === 1 ? 'is' : 'are'} wrong, and so is ${rest}, and nothing tells which of these: they contradict each other by ${by} or more, and none of their readings is believed.`;
}

export function boundTooWide({ name, readings }: KnownClock, { widthMs, graceMs, ageMs }: ClockBoundEvidence): string {
  const grace = `the smallest grace in use is ${duration(graceMs)}`;
  if (widthMs === undefined) {
    return `Nothing says how wrong ${name}'s clock may be (${why(readings?.source)}), and ${grace}.`;
  }
  const aged = ageMs !== undefined && ageMs > oldMs ? `, last read ${duration(ageMs)} ago` : '';
  return `${name}'s clock is known only to within ${duration(widthMs)}${aged}, and ${grace}.`;
}

const oldMs = 120_000;

export function sourceMissing({ name, readings }: KnownClock, { widthMs, graceMs }: ClockBoundEvidence): string {
  const known =
    widthMs === undefined
      ? 'nothing says how wrong its clock may be'
      : `its clock is known only to within ${duration(widthMs)}`;
  const troubles = readings?.sources.flatMap(({ trouble }) => trouble ?? []) ?? [];
  const reason = troubles.length === 0 ? '' : ` (${troubles.join('; ')})`;
  // A daemon that answers and has no bound to give is there already.
  const cure = troubles.some((trouble) => !trouble.startsWith('no '))
    ? 'look at "chronyc sources" there, or set TIDEMARK_NTP_SERVERS'
    : 'set TIDEMARK_NTP_SERVERS or run chrony';
  return `${name} has no clock source${reason}: ${cure}. Until then ${known}, and the smallest grace in use is ${duration(graceMs)}.`;
}

export function sourceLost(
  name: string,
  { reason, lastReadingAgeMs }: ClockSourceEvidence,
  others: readonly string[],
): string {
  const rest =
    others.length > 0
      ? `${listed(others, 'and')} still ${others.length === 1 ? 'tells' : 'tell'} the time`
      : lastReadingAgeMs === undefined
        ? 'nothing says how wrong its clock may be'
        : `it was last read ${duration(lastReadingAgeMs)} ago, and its bound grows by 50 ppm of that until it is read again`;
  const what = others.length === 0 && lastReadingAgeMs === undefined ? 'gets no answer from' : 'has lost';
  return `${name} ${what} a clock source (${reason}): ${rest}.`;
}

function why(source: string | undefined): string {
  return /^none \((.+)\)$/.exec(source ?? '')?.[1] ?? 'no reading of it has come';
}

function listed(names: readonly string[], word: 'and' | 'or'): string {
  if (names.length < 2) return names[0] ?? 'nobody';
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}

function figure(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1);
}
