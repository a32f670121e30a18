import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Perturbed, perturb, perturbations } from './perturb.ts';
import { play } from './play.ts';
import { type PredictedIncident, predictedIncidents } from './predict.ts';
import { readTrace } from './trace.ts';
import {
  causesOfFaults,
  expand,
  isFound,
  isSamePlace,
  readTruth,
  type TrueIncident,
  type Truth,
  touches,
} from './truth.ts';

/**
 * `node --conditions=tidemark-source testbed/src/scenarios/robust.ts FOLDER [WORLD|PERTURBATION…]`: plays perturbed copies of the worlds and says what
 * was accused falsely and what was missed. A row for each perturbation.
 */
export interface Judged {
  readonly found: number;
  readonly falsely: readonly PredictedIncident[];
  readonly missed: readonly TrueIncident[];
  readonly suspicions: number;
}

/** So many late records of it are left: then it shows. */
const leastLeft = 3;
/** Before it nothing was seen of a source: too little to know its habit. */
const habitMs = 120_000;
const returnMs = 10_000;

export function judge({ trace, kept, fromMs, hole, isLost }: Perturbed, truth: Truth, isNamed: boolean): Judged {
  const isUnheard = (task: number, atMs: number): boolean =>
    (hole !== undefined && atMs >= hole[0] && atMs < hole[1]) || isLost?.(task, atMs) === true;
  const played = play(trace, () => undefined, isUnheard);
  const said = predictedIncidents(played);
  const isOf = (found: PredictedIncident, one: TrueIncident): boolean =>
    isNamed || one.kind === 'interleave' || one.kind === 'broker'
      ? isSamePlace(found, one) && touches(found, one)
      : found.kind === one.kind && touches(found, one) && found.partitions.some((p) => one.partitions.includes(p));
  const falsely = said.filter((found) => !truth.incidents.some((one) => isOf(found, one)));
  const left = leftOf(truth, kept);
  const isShown = (one: TrueIncident): boolean => {
    const [startMs, endMs] = [one.startBoundsMs[0], one.endBoundsMs[1]];
    const isInHole = hole !== undefined && startMs < hole[1] + habitMs && endMs > hole[0] - habitMs;
    // It is told by its return.
    const isUntold = trace.header.tasks.some(({ id }) => [-1, 0, 1].some((n) => isUnheard(id, endMs + n * returnMs)));
    return (
      one.expected && startMs > fromMs + habitMs && !isInHole && !isUntold && (left.get(one.fault) ?? 0) >= leastLeft
    );
  };
  const due = truth.incidents.filter(isShown);
  const missed = due.filter((one) => (isNamed ? !isFound(said, one) : !said.some((found) => isOf(found, one))));
  const suspicions = played.last.incidents.filter(({ revisions }) => revisions[0]?.status === 'suspected').length;
  return { found: due.length - missed.length, falsely, missed, suspicions };
}

/** By fault, the materially late records that are left. */
function leftOf(truth: Truth, kept: readonly number[]): Map<string, number> {
  const causes = causesOfFaults(truth.late);
  const isKept = new Set(kept);
  const out = new Map<string, number>();
  for (const index of expand(truth.material)) {
    if (!isKept.has(index)) continue;
    for (const fault of causes.get(index) ?? []) out.set(fault, (out.get(fault) ?? 0) + 1);
  }
  return out;
}

if (import.meta.main) {
  const [folder = '', ...wanted] = process.argv.slice(2);
  const all = readdirSync(folder).filter((name) => name.endsWith('.trace.jsonl.gz'));
  const worlds = all.map((name) => name.split('.')[0]!);
  const some = worlds.filter((world) => wanted.includes(world));
  const names = Object.keys(perturbations).filter((name) => wanted.includes(name));
  for (const name of names.length > 0 ? names : Object.keys(perturbations)) {
    let found = 0;
    let falsely = 0;
    let missed = 0;
    for (const world of some.length > 0 ? some : worlds) {
      const trace = readTrace(join(folder, `${world}.trace.jsonl.gz`));
      const judged = judge(
        perturb(trace, name),
        readTruth(join(folder, `${world}.truth.json.gz`)),
        name !== 'nameless',
      );
      found += judged.found;
      falsely += judged.falsely.length;
      missed += judged.missed.length;
      for (const one of judged.falsely) console.log(`${name} ${world} false ${JSON.stringify(one)}`);
      for (const one of judged.missed) {
        console.log(`${name} ${world} missed ${JSON.stringify({ ...one, startBoundsMs: one.startBoundsMs })}`);
      }
    }
    console.log(`${name}: ${found} found, ${falsely} false, ${missed} missed`);
  }
}
