/**
 * Clocks that were set. A host with an agent sees its own clock being set, and it alone is believed of that: what its slewing does to
 * the floors of others is no step. Of brokers and producers the floors tell (`clock/attribute.ts`).
 */
import { type ClockStepFound, concludeSteps, forgetChannels } from '../clock/attribute.ts';
import type { ClockStep } from '../report.ts';
import { clockOfReceiver, useOf } from './channels.ts';
import { type ClockFold, type ClockNode, clockLimits, type StepSeen } from './clock-fold.ts';
import { beginAnew } from './forget-clock.ts';

/** Below this no agent's look and no floor is sure, and nobody minds. */
const leastStepMs = 5;
/** A delay does that as well, and every day. */
const leastFloorMs = 20;
/** The same step, seen by several agents of the host, or from both sides of a broker. */
const sameStepMs = 20_000;
/** How long a step is news; on a host it is over once its clock has been read again. */
const newsMs = 60_000;
const waitForReadingMs = 600_000;

export function noteHostStep(fold: ClockFold, node: ClockNode, { atMs, byMs }: ClockStep, receivedMs: number): void {
  // As a producer it begins anew: its old floors would call this step one of a clock that nobody watches.
  forgetChannels(fold.matrix, ({ producer }) => producer === node.id);
  if (Math.abs(byMs) < leastStepMs) return;
  note(fold, {
    subject: { kind: 'clock', id: node.id, name: node.name },
    evidence: { byMs, atMs, seenBy: 'hostClock' },
    sinceMs: receivedMs,
    found: undefined,
  });
}

/** What the floors have told by now. */
export function noteFoundSteps(fold: ClockFold, nowMs: number): void {
  const seenMs = Math.max(Number.NEGATIVE_INFINITY, ...[...fold.matrix.channels.values()].map((c) => c.lastSeenMs));
  if (!Number.isFinite(seenMs)) return;
  for (const found of concludeSteps(fold.matrix, seenMs)) noteFound(fold, found, nowMs);
}

function noteFound(fold: ClockFold, found: ClockStepFound, nowMs: number): void {
  const from = fold.clocks.get(found.channel.producer);
  const to = fold.clocks.get(clockOfReceiver(found.channel.broker));
  if (from === undefined || to === undefined || Math.abs(found.byMs) < leastStepMs) return;
  const isOfProducer = from.role !== 'broker';
  if (isOfProducer && useOf([...fold.channels.values()].filter((c) => c.from === from.id)) !== 'clock') return;
  if (found.kind === 'broker' || found.kind === 'producer') {
    const node = found.kind === 'broker' ? to : from;
    if (node.role !== 'host') stepped(fold, node, found, found.shift === 'clockStep' ? 'eventTime' : 'floors', nowMs);
    return;
  }
  // From both sides of it at once, with opposite signs: only the broker's own clock does that.
  const broker = isOfProducer ? to : from;
  const other = fold.steps.find((step) => isOtherSide(step, { broker, isOfProducer, found, nowMs }));
  if (broker.role === 'broker' && other !== undefined) {
    fold.steps.splice(fold.steps.indexOf(other), 1);
    const byMs = isOfProducer ? -found.byMs : found.byMs;
    stepped(fold, broker, { byMs, atMs: found.atMs }, 'floors', nowMs);
    return;
  }
  // It may have been its clock: then what is known of it is of the past.
  if (from.role === 'producer') beginAnew(fold, from, nowMs);
  note(fold, {
    subject: { kind: 'path', from: from.name, to: to.name },
    evidence: { byMs: found.byMs, atMs: found.atMs, seenBy: 'floor' },
    sinceMs: nowMs,
    found,
    path: { fromId: from.id, toId: to.id, isAlone: found.receivedBy < 2 },
  });
}

interface Sides {
  readonly broker: ClockNode;
  readonly isOfProducer: boolean;
  readonly found: ClockStepFound;
  readonly nowMs: number;
}

function isOtherSide({ path, sinceMs, evidence }: StepSeen, { broker, isOfProducer, found, nowMs }: Sides): boolean {
  if (path === undefined || nowMs - sinceMs > sameStepMs) return false;
  if ((isOfProducer ? path.fromId : path.toId) !== broker.id) return false;
  return Math.abs(evidence.byMs + found.byMs) <= Math.max(3, Math.abs(found.byMs) / 4);
}

function stepped(
  fold: ClockFold,
  node: ClockNode,
  found: { readonly byMs: number; readonly atMs: number },
  seenBy: 'eventTime' | 'floors',
  nowMs: number,
): void {
  beginAnew(fold, node, nowMs);
  note(fold, {
    subject: { kind: 'clock', id: node.id, name: node.name },
    evidence: { byMs: found.byMs, atMs: found.atMs, seenBy },
    sinceMs: nowMs,
    found,
  });
}

function note(fold: ClockFold, step: StepSeen): void {
  const key = stepKey(step);
  const same = fold.steps.findIndex((other) => stepKey(other) === key && step.sinceMs - other.sinceMs < sameStepMs);
  if (same >= 0) fold.steps.splice(same, 1);
  fold.steps.push(step);
  if (fold.steps.length > clockLimits.maxSteps) fold.steps.shift();
}

export function stepKey({ subject }: StepSeen): string {
  return JSON.stringify(subject);
}

/** Those that are news now. */
export function stepsOfNow(fold: ClockFold, nowMs: number): readonly StepSeen[] {
  const old = fold.steps.filter((step) => nowMs - step.sinceMs > waitForReadingMs);
  for (const step of old) fold.steps.splice(fold.steps.indexOf(step), 1);
  return fold.steps.filter((step) => isNews(fold, step, nowMs));
}

function isNews(fold: ClockFold, step: StepSeen, nowMs: number): boolean {
  const { path, subject, evidence, sinceMs } = step;
  if (path !== undefined) {
    if (Math.abs(evidence.byMs) < leastFloorMs || nowMs - sinceMs > 2 * newsMs) return false;
    const from = fold.clocks.get(path.fromId);
    // A broker's floor against a host is looked at only to tell its step from its producers'.
    if (from === undefined || from.role === 'broker') return false;
    const to = fold.clocks.get(path.toId);
    return to !== undefined && (to.role !== 'host' || !path.isAlone || isCalm(to, evidence));
  }
  if (nowMs - sinceMs < newsMs) return true;
  const node = subject.kind === 'clock' ? fold.clocks.get(subject.id) : undefined;
  // The readings of the epoch before are gone: any there is has been read since.
  return node?.role === 'host' && node.readAtMs.size > 0 && node.readings.length === 0;
}

/** Did readings before and after see that clock stay where it was? Else it may have been slewed, which is no alarm. */
function isCalm({ readings }: ClockNode, { atMs, byMs }: { readonly atMs: number; readonly byMs: number }): boolean {
  const before = readings.findLast((reading) => reading.atMs < atMs);
  const after = readings.find((reading) => reading.atMs >= atMs && reading.server === before?.server);
  if (before === undefined || after === undefined) return false;
  const movedMs = Math.max(
    after.offset.lowMs - before.offset.lowMs,
    before.offset.highMs - after.offset.highMs,
    before.offset.lowMs - after.offset.lowMs,
    after.offset.highMs - before.offset.highMs,
  );
  return movedMs < Math.abs(byMs) / 2;
}
