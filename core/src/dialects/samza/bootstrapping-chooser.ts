import type { Chooser, Envelope } from './chooser.ts';

/** A partition of a bootstrap stream: read up to its newest offset of the start before anything may pass it. */
export interface BootstrapPartition {
  readonly stream: string;
  readonly partition: number;
  /** Where reading starts; undefined: not known, so there is something to read. */
  readonly start: number | undefined;
  /** Newest offset at the start; undefined: the partition was empty. */
  readonly newest: number | undefined;
}

/**
 * While any bootstrap partition has not been read up to its newest offset of the start, nothing is chosen unless every
 * stream that still lags has a message waiting (`BootstrappingChooser`). A message of a partition that has already caught
 * up does not count as waiting: other partitions of its stream may be the ones that lag.
 */
export class BootstrappingChooser implements Chooser {
  readonly #wrapped: Chooser;
  readonly #lagging = new Map<string, BootstrapPartition>();
  readonly #waitingOf = new Map<string, number>();

  constructor(wrapped: Chooser, partitions: readonly BootstrapPartition[]) {
    this.#wrapped = wrapped;
    for (const partition of partitions) {
      const { start, newest } = partition;
      // A partition that starts at its upcoming offset has nothing to catch up with; an empty one is always there.
      const isCaughtUp = start !== undefined && (newest === undefined || start > newest);
      if (!isCaughtUp) this.#lagging.set(idOf(partition), partition);
    }
  }

  update(envelope: Envelope): void {
    this.#wrapped.update(envelope);
    if (this.#lagging.has(idOf(envelope))) this.#count(envelope.stream, 1);
  }

  choose(): Envelope | undefined {
    if (this.#lagging.size === 0) return this.#wrapped.choose();
    if (!this.#isEveryStreamWaiting()) return undefined;
    const envelope = this.#wrapped.choose();
    const lagging = envelope && this.#lagging.get(idOf(envelope));
    if (lagging) {
      this.#count(envelope.stream, -1);
      if (lagging.newest !== undefined && envelope.offset >= lagging.newest) this.#lagging.delete(idOf(envelope));
    }
    return envelope;
  }

  #isEveryStreamWaiting(): boolean {
    const waiting = [...this.#waitingOf.values()].filter((count) => count > 0).length;
    return waiting === new Set([...this.#lagging.values()].map(({ stream }) => stream)).size;
  }

  #count(stream: string, by: number): void {
    this.#waitingOf.set(stream, (this.#waitingOf.get(stream) ?? 0) + by);
  }
}

function idOf({ stream, partition }: { stream: string; partition: number }): string {
  return `${partition} ${stream}`;
}
