import { between, chanceOf } from './chance.ts';
import { type Fault, faultsOf } from './world.ts';

const stepMs = 60_000;
const widestMs = 15;

/** How far a host's clock is ahead of true time. */
export type Clock = (atMs: number) => number;

/** A host under NTP wanders by a few ms; a fault puts its clock off by much more while it lasts. */
export function clockOf(seed: number, host: string, faults: readonly Fault[]): Clock {
  const chance = chanceOf(seed, 'clock', host);
  const reachMs = host.startsWith('host') ? widestMs : widestMs / 3;
  const wander = [between(chance, -reachMs, reachMs)];
  const faulty = faultsOf(faults, 'clock').filter((fault) => fault.host === host);
  const stepped = faultsOf(faults, 'hostClock').filter((fault) => fault.host === host);
  return (atMs) => {
    const at = Math.max(0, atMs / stepMs);
    const before = Math.floor(at);
    while (wander.length < before + 2) {
      wander.push(Math.min(reachMs, Math.max(-reachMs, wander.at(-1)! + between(chance, -0.5, 0.5))));
    }
    let offsetMs = wander[before]! + (at - before) * (wander[before + 1]! - wander[before]!);
    for (const { spans, stepMs, driftPpm } of faulty) {
      for (const [startMs, endMs] of spans) {
        if (atMs >= startMs && atMs < endMs) offsetMs += stepMs + (driftPpm * (atMs - startMs)) / 1e6;
      }
    }
    for (const { spans, stepMs } of stepped) {
      for (const [startMs, endMs] of spans) if (atMs >= startMs && atMs < endMs) offsetMs += stepMs;
    }
    return offsetMs;
  };
}
