import { setTimeout as sleep } from 'node:timers/promises';
import { PlainFailure } from '../plain-failure.ts';
import { type Child, type ChildOptions, startChild } from '../process/child.ts';

/** Everyone who plays in the demo. If one of them ends unasked, the story cannot go on and `signal` says why. */
export class Cast {
  readonly signal: AbortSignal;
  readonly #abort = new AbortController();
  readonly #players: { name: string; child: Child }[] = [];
  #isLeaving = false;

  /** `outer`: what else ends it, such as Ctrl-C. */
  constructor(outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#abort.signal]);
  }

  enter(name: string, options: ChildOptions): Child {
    const child = startChild(options);
    this.#players.push({ name, child });
    void child.ended.then(({ code, lastWords }) => {
      if (this.#isLeaving || code === 0) return;
      const how = code === undefined ? 'was killed' : `ended with exit code ${code}`;
      this.#abort.abort(new PlainFailure(`The ${name} ${how}: ${reasonIn(lastWords)}`));
    });
    return child;
  }

  /** Everyone leaves, last come first gone. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    for (const { child } of this.#players.reverse()) {
      if (!child.ending) await child.stop();
    }
  }
}

/** A crash ends in a stack and Node's version; what went wrong stands above. */
function reasonIn(lastWords: readonly string[]): string {
  return lastWords.find((line) => /^\w*Error\b/.test(line)) ?? lastWords.at(-1) ?? 'it said nothing';
}

/** Waits, unless the story ends before. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
  throwIfEnded(signal);
}

/** Longer than any machine stalls. */
const patienceMs = 60_000;

/** Asks again and again until it holds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  options: {
    readonly what: string;
    readonly withinMs?: number;
    readonly signal: AbortSignal;
    readonly everyMs?: number;
  },
): Promise<void> {
  const { withinMs = patienceMs } = options;
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > withinMs) {
      throw new PlainFailure(`Waited ${Math.round(withinMs / 1000)} s in vain: ${options.what}.`);
    }
    await pause(options.everyMs ?? 100, options.signal);
  }
}

export function throwIfEnded(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason;
}
