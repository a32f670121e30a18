import { type Prediction, predict } from '../scenarios/predict.ts';
import { isFound, isSamePlace, type TrueIncident, touches } from '../scenarios/truth.ts';
import { run, traceOf } from './run.ts';
import { truthOf } from './truth.ts';
import type { World } from './world.ts';

export interface JudgedWorld {
  readonly said: Prediction;
  readonly truth: ReturnType<typeof truthOf>;
  readonly found: readonly TrueIncident[];
  readonly missed: readonly TrueIncident[];
  /** What is in no place and time of anything that happened, or too far off what did. */
  readonly falsely: Prediction['incidents'];
}

/** Plays a world through the real path and compares what is said with its truth. */
export function judgedOf(world: World): JudgedWorld {
  const real = run(world, world.faults);
  const truth = truthOf(world, real);
  const said = predict(traceOf(world, real));
  const due = truth.incidents.filter(({ expected }) => expected);
  const found = due.filter((one) => isFound(said.incidents, one));
  const missed = due.filter((one) => !found.includes(one));
  const falsely = said.incidents.filter(
    (one) => !truth.incidents.some((its) => isSamePlace(one, its) && touches(one, its) && !missed.includes(its)),
  );
  return { said, truth, found, missed, falsely };
}
