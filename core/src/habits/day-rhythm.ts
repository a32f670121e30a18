/**
 * What a source does over the day. One that is quiet each night is not cut off at three in the morning; one that never is at
 * noon, and is now, may be. A list of its last gaps does not tell the two apart: by noon it has forgotten the night, or,
 * where the source speaks seldom, still holds it against noon.
 *
 * So the longest silence in each half hour is kept, how old the last word was at most, for eight days:
 *
 *     22:00      silent since 21:50, at most 40 min       03:00   at most 5 h 40 min       12:00   at most 12 s
 *
 * Usual at a time of day is what was reached on both of the last two days that are known, within an hour of that time, or a
 * week ago: so weekends count, one odd day does not make a habit, a new habit is believed after two days, and neither a
 * change to summer time nor a night that begins half an hour early is news. Slots are of UTC: no zone need be known.
 *
 * What was held up on its way is no silence of its source, so a cut is never learnt. What it cannot see: a cut within an
 * hour of a quiet time, and anything before two days are known, when all is judged by the last gaps alone.
 */
export interface DayRhythm {
  /** A byte for each half hour, by its number since 1970 modulo `slots`: 0 not known, else the silence on a logarithmic scale. */
  readonly silences: Uint8Array;
  /** The latest half hour that is known, and when it was last heard of. */
  slot: number;
  seenMs: number;
  /** When of the day it is silent that long that it is not by chance; undefined: never, or not known yet. */
  quiet: QuietHours | undefined;
}

/** In ms since midnight, UTC; past midnight `toMs` is the smaller one. */
export interface QuietHours {
  readonly fromMs: number;
  readonly toMs: number;
}

export const slotMs = 1_800_000;
const slotsADay = 48;
const slots = 8 * slotsADay;
export const dayMs = 86_400_000;
/** An hour: a change to summer time, and a night that does not begin on the minute. */
const neighbours = 2;
/** A source that is out of the ordinary for a day or two may be known from before. */
const lookBackDays = 3;
const leastDays = 2;

export function createRhythm(seenMs: number): DayRhythm {
  return { silences: new Uint8Array(slots), slot: slotOf(seenMs), seenMs, quiet: undefined };
}

/**
 * It was heard of at `fromMs` and at `toMs`; between them, and before `fromMs` where that is not finite, is not known what it did.
 * `isHeld`: what came first was held up, so the silence before was none of its own.
 */
export function learnRhythm(
  rhythm: DayRhythm,
  { fromMs, toMs, isHeld }: { readonly fromMs: number; readonly toMs: number; readonly isHeld: boolean },
): void {
  const { seenMs } = rhythm;
  if (!(toMs > seenMs)) return;
  const { silences } = rhythm;
  const spokenMs = Number.isFinite(fromMs) ? Math.min(Math.max(fromMs, seenMs), toMs) : toMs;
  const spoken = slotOf(spokenMs);
  const last = slotOf(toMs);
  const isNewSlot = last > rhythm.slot;
  for (let slot = Math.max(rhythm.slot + 1, last - slots + 1); slot <= last; slot++) silences[slot % slots] = 0;
  if (!isHeld && Number.isFinite(fromMs)) {
    for (let slot = Math.max(slotOf(seenMs), last - slots + 1); slot <= spoken; slot++) {
      note(silences, slot, Math.min((slot + 1) * slotMs, spokenMs) - seenMs);
    }
  }
  note(silences, last, 0);
  rhythm.slot = last;
  rhythm.seenMs = toMs;
  if (isNewSlot) rhythm.quiet = quietHours(rhythm);
}

function note(silences: Uint8Array, slot: number, silentMs: number): void {
  silences[slot % slots] = Math.max(silences[slot % slots]!, codeOf(silentMs));
}

/** How long it is usually silent at most at this time of the day; undefined while less than two days are known. */
export function usualSilenceMs(rhythm: DayRhythm, atMs: number): number | undefined {
  const usual = usualAt(rhythm, slotOf(atMs), neighbours);
  return usual === undefined ? undefined : msOf(usual);
}

/** Two days of one time of the day decide together, and the same day of last week alone. */
function usualAt(rhythm: DayRhythm, slot: number, around: number): number | undefined {
  let known = 0;
  let least = 255;
  for (let day = 1; day <= lookBackDays && known < leastDays; day++) {
    const longest = longestAround(rhythm, slot - day * slotsADay, around);
    if (longest === 0) continue;
    known++;
    least = Math.min(least, longest);
  }
  if (known < leastDays) return undefined;
  return Math.max(least, longestAround(rhythm, slot - 7 * slotsADay, around));
}

function longestAround({ slot: latest, silences }: DayRhythm, slot: number, around: number): number {
  let longest = 0;
  for (let at = slot - around; at <= slot + around; at++) {
    if (at <= latest && at > latest - slots) longest = Math.max(longest, silences[at % slots]!);
  }
  return longest;
}

/** Beyond so many times its silences in the middle of the day, one is no chance. */
const quietTimes = 4;

function quietHours(rhythm: DayRhythm): QuietHours | undefined {
  // The latest half hour has not ended.
  const first = rhythm.slot - slotsADay;
  const day: number[] = [];
  for (let slot = first; slot < rhythm.slot; slot++) {
    const usual = usualAt(rhythm, slot + slotsADay, 0);
    if (usual === undefined) return undefined;
    day.push(msOf(usual));
  }
  const usualMs = day.toSorted((a, b) => a - b)[slotsADay / 2]!;
  const longestMs = Math.max(...day);
  if (longestMs < 2 * slotMs || longestMs < quietTimes * usualMs || longestMs >= dayMs) return undefined;
  // Silence grows from slot to slot until it wakes: back from there to the first that was silent throughout.
  const wakes = day.lastIndexOf(longestMs);
  let begins = wakes;
  while (day.at(begins - 1)! > grain * slotMs && begins > wakes - slotsADay) begins--;
  const fromMs = (first + begins + 1) * slotMs - day.at(begins)! / Math.sqrt(grain);
  const toMs = Math.max((first + wakes) * slotMs, fromMs + longestMs / Math.sqrt(grain));
  return { fromMs: timeOfDay(fromMs), toMs: timeOfDay(toMs) };
}

/** To the half hour. */
function timeOfDay(atMs: number): number {
  return (((Math.round(atMs / slotMs) * slotMs) % dayMs) + dayMs) % dayMs;
}

export function slotOf(atMs: number): number {
  return Math.floor(atMs / slotMs);
}

/** From a second to eight days, in steps of about 5 %. */
const step = Math.log((slots * slotMs) / 1_000) / 254;
const grain = Math.exp(step);

/** Rounded up. */
function codeOf(silentMs: number): number {
  return silentMs <= 1_000 ? 1 : Math.min(255, 1 + Math.ceil(Math.log(silentMs / 1_000) / step));
}

function msOf(code: number): number {
  return 1_000 * Math.exp((code - 1) * step);
}
