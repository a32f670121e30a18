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

/** What Tidemark says may still change while reports are on their way: it counts once it has stood this long. */
const settledForMs = 4_000;
const settledWithinMs = 25_000;

/** Puts what Tidemark says beside what was done. Its answer is the one that it has settled on, right or wrong. */
export async function judge(
  plan: Plan,
  played: Played,
  collector: CollectorClient,
  signal: AbortSignal,
): Promise<{ result: CheckResult; differences: string[] }> {
  const { variant, seed, anonymous } = plan;
  const { group, cut, log, truth } = played;
  const did = whatItDid({ variant, anonymous, cut, drops: log.drops, truth });
  const nameOfB = anonymous ? `producer ${truth.producerIdOfB}` : 'B';
  const said = await settled(
    async () => whatItSays(await readFindings(collector, group), { variant, group, nameOfB }),
    signal,
  );
  const found = differences(variant, did, said);
  return { result: { ok: found.length === 0, variant, seed, did, said }, differences: found };
}

async function settled<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let value = await read();
  const startedMs = performance.now();
  let sinceMs = startedMs;
  while (performance.now() - sinceMs < settledForMs && performance.now() - startedMs < settledWithinMs) {
    await pause(500, signal);
    const next = await read();
    if (!isDeepStrictEqual(next, value)) sinceMs = performance.now();
    value = next;
  }
  return value;
}
