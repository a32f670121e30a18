/** What a person should know of the clocks now: drafts of findings. `findings/settle.ts` decides what of it is news. */
import { isDriftWorthTelling } from '../clock/drift.ts';
import type { FindingKind } from '../findings/finding.ts';
import type { DraftOf, FindingDraft, FindingsFold, SettleRule } from '../findings/settle.ts';
import { isOpen } from '../findings/settle.ts';
import type { ClockFold, ClockNode } from './clock-fold.ts';
import type { KnownClock, KnownDrift } from './known-clock.ts';
import { stepKey, stepsOfNow } from './steps-seen.ts';
import * as words from './words.ts';

/** Steps are judged each tick, the rest with each solution. */
export const stepRules: { readonly [K in FindingKind]?: SettleRule } = {
  clockStep: { openAfterMs: 0, closeAfterMs: 0 },
};
export const solvedRules: { readonly [K in FindingKind]?: SettleRule } = {
  clockDrift: { openAfterMs: 30_000, closeAfterMs: 120_000 },
  clockOff: { openAfterMs: 30_000, closeAfterMs: 30_000 },
  clockContradiction: { openAfterMs: 10_000, closeAfterMs: 60_000 },
  clockBoundTooWide: { openAfterMs: 60_000, closeAfterMs: 60_000 },
  clockSourceLost: { openAfterMs: 20_000, closeAfterMs: 20_000 },
  clockSourceMissing: { openAfterMs: 60_000, closeAfterMs: 60_000 },
};

export function stepDrafts(fold: ClockFold, nowMs: number): FindingDraft[] {
  return stepsOfNow(fold, nowMs).map((step): FindingDraft => {
    // Once it is over the floor has settled: until then its size is refined.
    const evidence = step.found === undefined ? step.evidence : { ...step.evidence, byMs: step.found.byMs };
    return {
      kind: 'clockStep',
      key: stepKey(step),
      subject: step.subject,
      evidence,
      sentence: words.step(step.subject, evidence),
    };
  });
}

export function solvedDrafts(
  fold: ClockFold,
  findings: FindingsFold,
  graceMs: number | undefined,
  nowMs: number,
): FindingDraft[] {
  const { known } = fold;
  return [
    ...driftDrafts(known, findings),
    ...contradictionDrafts(fold, nowMs),
    ...(graceMs === undefined ? [] : known.flatMap((clock) => offDraft(clock, graceMs, findings) ?? [])),
    ...(graceMs === undefined ? [] : known.flatMap((clock) => boundDraft(fold, clock, graceMs, findings) ?? [])),
    ...known.flatMap((clock) => sourceDrafts(fold, clock)),
  ];
}

/** An open finding stays until its clock is well below what opens one. */
const staysFactor = 2;

function driftDrafts(known: readonly KnownClock[], findings: FindingsFold): FindingDraft[] {
  const drafts: FindingDraft[] = [];
  const worthTelling = (key: string, drift: KnownDrift): boolean =>
    isDriftWorthTelling(drift) ||
    (isOpen(findings, 'clockDrift', key) && isDriftWorthTelling({ ...drift, ppm: drift.ppm * staysFactor }));
  const add = (clock: KnownClock, drift: KnownDrift): void => {
    if (!worthTelling(clock.id, drift)) return;
    drafts.push({
      kind: 'clockDrift',
      key: clock.id,
      subject: { kind: 'clock', id: clock.id, name: clock.name },
      evidence: drift,
      sentence: words.drift(clock.name, drift),
    });
  };
  for (const clock of known)
    if (clock.drift !== undefined && clock.drift.against === undefined) add(clock, clock.drift);
  // Against a clock whose own drift nobody knows: what all others have in common is its own.
  const relative = known.filter(({ drift }) => drift?.against !== undefined);
  for (const [name, clocks] of Map.groupBy(relative, ({ drift }) => drift!.against!)) {
    const sorted = clocks.map(({ drift }) => drift!).sort((a, b) => a.ppm - b.ppm);
    const middle = sorted[sorted.length >> 1]!;
    const common = sorted.length >= fewestAgainst && isDriftWorthTelling(middle) ? middle.ppm : 0;
    const reference = known.find((clock) => clock.name === name);
    if (common !== 0 && reference !== undefined) {
      add(reference, { ...middle, ppm: 0 - common, against: `${clocks.length} others` });
    }
    for (const clock of clocks) add(clock, { ...clock.drift!, ppm: clock.drift!.ppm - common });
  }
  return drafts;
}

const fewestAgainst = 3;

function contradictionDrafts(fold: ClockFold, nowMs: number): FindingDraft[] {
  const stepping = new Set(
    stepsOfNow(fold, nowMs).flatMap(({ subject }) => (subject.kind === 'clock' ? subject.name : [])),
  );
  return fold.contradictions.flatMap(({ key, ...evidence }): FindingDraft[] => {
    const names = words.suspectNames(evidence);
    // That clock was set, and this says so already.
    if (evidence.kind === 'unsteady' && names.some((name) => stepping.has(name))) return [];
    const claimants = evidence.suspects.flat();
    const [only] = claimants;
    return [
      {
        kind: 'clockContradiction',
        key,
        subject:
          claimants.length === 1 && only?.kind === 'server'
            ? { kind: 'server', name: only.server }
            : { kind: 'clocks', names },
        evidence,
        sentence: words.contradiction(evidence),
      },
    ];
  });
}

/** Of any clock, by what is proved of it: what is merely assumed accuses nobody. */
function offDraft(
  { id, name, low, high, isSuspect }: KnownClock,
  graceMs: number,
  findings: FindingsFold,
): FindingDraft | undefined {
  if (isSuspect) return undefined;
  const aheadMs = low.basis === 'proved' ? low.ms : 0;
  const behindMs = high.basis === 'proved' ? -high.ms : 0;
  const limitMs = isOpen(findings, 'clockOff', id) ? graceMs * narrowShare : graceMs;
  if (Math.max(aheadMs, behindMs) <= limitMs) return undefined;
  const evidence = { byMs: aheadMs > behindMs ? aheadMs : -behindMs, graceMs };
  return {
    kind: 'clockOff',
    key: id,
    subject: { kind: 'clock', id, name },
    evidence,
    sentence: words.off(name, evidence),
  };
}

/**
 * Of hosts with an agent: the bound of others is what theirs allows. One that never had a source and was given none is nobody's
 * failure: that is a finding of its own, which says what to do and alarms nobody.
 */
function boundDraft(
  fold: ClockFold,
  clock: KnownClock,
  graceMs: number,
  findings: FindingsFold,
): FindingDraft | undefined {
  // Of one whose readings are not believed the contradiction is told already.
  if (clock.role !== 'host' || clock.readings === undefined) return undefined;
  if (clock.isSuspect || clock.readings.setAside || clock.awaitsReading) return undefined;
  const { low, high } = clock;
  const widthMs = low.basis === 'unknown' || high.basis === 'unknown' ? undefined : high.ms - low.ms;
  const { ageMs } = clock.readings;
  const isMissing = ageMs === undefined && !lacksExpected(fold.clocks.get(clock.id));
  const kind = isMissing ? 'clockSourceMissing' : 'clockBoundTooWide';
  const limitMs = isOpen(findings, kind, clock.id) ? graceMs * narrowShare : graceMs;
  if (widthMs !== undefined && widthMs <= limitMs) return undefined;
  const evidence = {
    ...(widthMs === undefined ? {} : { widthMs }),
    graceMs,
    ...(ageMs === undefined ? {} : { ageMs }),
  };
  return {
    kind,
    key: clock.id,
    subject: { kind: 'clock', id: clock.id, name: clock.name },
    evidence,
    sentence: isMissing ? words.sourceMissing(clock, evidence) : words.boundTooWide(clock, evidence),
  };
}

const narrowShare = 0.8;

/** A source that gave readings and gives none now, or one that the user named and that never gave any. */
function sourceDrafts(fold: ClockFold, clock: KnownClock): DraftOf<'clockSourceLost'>[] {
  const node = fold.clocks.get(clock.id);
  if (node?.source === undefined || clock.readings === undefined) return [];
  const { ageMs, source } = clock.readings;
  const lost = node.sources.filter(({ name, trouble }) => trouble !== undefined && isExpected(node, name));
  // An agent that does not tell its sources apart says `none (why)`.
  const all = /^none \((.+)\)$/.exec(source)?.[1];
  const isSaid = node.sources.length > 0;
  const reason = isSaid ? lost.map(({ trouble }) => trouble).join('; ') : node.readAtMs.size > 0 ? (all ?? '') : '';
  if (reason === '') return [];
  const evidence = { reason, ...(ageMs === undefined ? {} : { lastReadingAgeMs: ageMs }) };
  const others = node.sources.filter(({ trouble }) => trouble === undefined).map(({ name }) => name);
  return [
    {
      kind: 'clockSourceLost',
      key: clock.id,
      subject: { kind: 'clock', id: clock.id, name: clock.name },
      evidence,
      sentence: words.sourceLost(clock.name, evidence, others),
    },
  ];
}

/** The user named a source that gives nothing: that is told as lost. */
function lacksExpected(node: ClockNode | undefined): boolean {
  return node?.sources.some(({ name, trouble }) => trouble !== undefined && isExpected(node, name)) ?? false;
}

/** Daemons of the host are looked for everywhere: that one was never there is no news. */
function isExpected({ readAtMs }: { readonly readAtMs: ReadonlyMap<string, number> }, name: string): boolean {
  return readAtMs.has(name) || !/^(chrony|ClockBound)\b/.test(name);
}
