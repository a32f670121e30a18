import { createStepWatch, type FloorShift, watchForStep } from '@tidemark/core';
import type { Mismatch } from '../mismatch.ts';
import { Expectations } from './expectation.ts';
import { recordsOf, type Scenario } from './scenario.ts';

interface WantedShift {
  readonly stream: string;
  readonly producer: string;
  readonly atBrokerMs: number;
  readonly ms: number;
  readonly tolMs: number;
  readonly withinMs: number;
}

export interface StepExpect {
  readonly steps: readonly WantedShift[];
  readonly noClockStepOtherwise?: boolean;
  readonly floorShift?: Omit<WantedShift, 'stream' | 'producer'>;
}

/** A shift may be found by a record that was under way when the clock was set. */
const earlyMs = 1000;

export function judgeStep(scenario: Scenario<StepExpect>): Mismatch[] {
  const { expect, streams } = scenario;
  const expectations = new Expectations();
  expectations.onlyKeys('expect', expect, ['steps', 'noClockStepOtherwise', 'floorShift']);
  const shifts = shiftsOf(scenario);
  const rest = new Set([...shifts.values()].flat());
  for (const want of expect.steps) {
    expectations.onlyKeys('step', want, ['stream', 'producer', 'atBrokerMs', 'ms', 'tolMs', 'withinMs']);
    const at = `${want.stream}@${want.atBrokerMs}`;
    expectations.same(`${at}: producer`, want.producer, streams.find(({ id }) => id === want.stream)?.producer);
    const found = takeShift(rest, shifts.get(want.stream) ?? [], want);
    if (found === undefined) expectations.fail(at, want, shifts.get(want.stream));
  }
  if (expect.floorShift !== undefined) {
    expectations.onlyKeys('floorShift', expect.floorShift, ['atBrokerMs', 'ms', 'tolMs', 'withinMs']);
    const found = takeShift(rest, [...rest], expect.floorShift);
    if (found === undefined) expectations.fail('floorShift', expect.floorShift, [...rest]);
    else expectations.same('floorShift: kind', 'floorMoved', found.kind);
  }
  const nothingElse = expect.steps.length === 0 && expect.floorShift === undefined;
  if (nothingElse) for (const other of rest) expectations.fail('nothing else', undefined, other);
  if (expect.noClockStepOtherwise !== undefined) {
    const none = [...rest].every(({ kind }) => kind !== 'clockStep');
    expectations.same('noClockStepOtherwise', expect.noClockStepOtherwise, none);
  }
  return expectations.mismatches;
}

function shiftsOf(scenario: Scenario<unknown>): Map<string, FloorShift[]> {
  const watches = new Map(scenario.streams.map(({ id }) => [id, createStepWatch(scenario.config.quantumMs)]));
  const shifts = new Map<string, FloorShift[]>(scenario.streams.map(({ id }) => [id, []]));
  for (const { stream, e, b, c, first } of recordsOf(scenario)) {
    if (b === undefined || !first) continue;
    const found = watchForStep(watches.get(stream)!, { fromMs: e, toMs: b }, c);
    if (found !== undefined) shifts.get(stream)!.push(found);
  }
  return shifts;
}

function takeShift(
  rest: Set<FloorShift>,
  candidates: readonly FloorShift[],
  want: Omit<WantedShift, 'stream' | 'producer'>,
): FloorShift | undefined {
  const found = candidates.find(
    (shift) =>
      rest.has(shift) &&
      Math.abs(shift.byMs - want.ms) <= want.tolMs &&
      shift.detectedAtMs >= want.atBrokerMs - earlyMs &&
      shift.detectedAtMs <= want.atBrokerMs + want.withinMs,
  );
  if (found !== undefined) rest.delete(found);
  return found;
}
