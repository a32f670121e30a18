import { isDeepStrictEqual } from 'node:util';
import { pause } from './cast.ts';
import type { CollectorClient } from './collector-client.ts';
import { differences } from './compare.ts';
import { whatItDid } from './did.ts';
import type { Plan } from './plan.ts';
import { readFindings, whatItSays } from './said.ts';
import type { Said, Side } from './side.ts';
import type { Played } from './story.ts';

export interface CheckResult {
  readonly ok: boolean;
  readonly variant: Plan['variant'];
  readonly seed: number;
  readonly did: Side;
  readonly said: Said;
}

/**
 * What Tidemark says may still change while reports are on their way: it counts once every record is known and it has stood
 * this long by the collector's own clock.
 */
const settledForMs = 4_000;
const settledWithinMs = 60_000;

/** A second is what makes a record's lateness material: held up for longer, a story may be another than was planned. */
const maxHeldUpMs = 1_000;

export interface Judged {
  readonly result: CheckResult;
  readonly differences: readonly string[];
  /** How long the machine stood still meanwhile, where that is long enough to make another story of it. */
  readonly disturbedMs: number | undefined;
}

/** Puts what Tidemark says beside what was done. Its answer is the one that it has settled on, right or wrong. */
export async function judge(
  plan: Plan,
  played: Played,
  collector: CollectorClient,
  signal: AbortSignal,
): Promise<Judged> {
  const { variant, seed, anonymous } = plan;
  const { group, cut, silence, heldUpMs, log, truth } = played;
  const did = whatItDid({ variant, anonymous, cut, drops: log.drops, truth });
  const nameOfB = anonymous ? `producer ${truth.producerIdOfB}` : 'B';
  const said = await settled(async () => {
    const findings = await readFindings(collector, group);
    const { nowMs, tasks } = findings.assessment;
    const known = tasks.filter((task) => task.group === group).reduce((sum, { records }) => sum + records, 0);
    return { said: whatItSays(findings, { variant, group, nameOfB }), nowMs, isWhole: known >= log.processed };
  }, signal);
  const found = differences(variant, did, said, silence);
  return {
    result: { ok: found.length === 0, variant, seed, did, said },
    differences: found,
    disturbedMs: heldUpMs > maxHeldUpMs ? heldUpMs : undefined,
  };
}

/** What is said of the records that are known by `nowMs` of the collector's, and whether those are all. */
interface Look<T> {
  readonly said: T;
  readonly nowMs: number;
  readonly isWhole: boolean;
}

async function settled<T>(read: () => Promise<Look<T>>, signal: AbortSignal): Promise<T> {
  let look = await read();
  const startedMs = performance.now();
  let { nowMs: sinceMs } = look;
  while (look.nowMs - sinceMs < settledForMs && performance.now() - startedMs < settledWithinMs) {
    await pause(500, signal);
    const next = await read();
    if (!next.isWhole || !isDeepStrictEqual(next.said, look.said)) sinceMs = next.nowMs;
    look = next;
  }
  return look.said;
}
