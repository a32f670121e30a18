/** A message that waits at a chooser. The chooser holds at most one per partition, and none of them looks at timestamps. */
export interface Envelope {
  readonly stream: string;
  readonly partition: number;
  readonly offset: number;
}

/** Samza's `MessageChooser`: it is given messages as they become available and says which one is processed next. */
export interface Chooser {
  update(envelope: Envelope): void;
  choose(): Envelope | undefined;
}

/** First in, first out (`RoundRobinChooser`): partitions take turns because each has at most one message waiting. */
export class RoundRobinChooser implements Chooser {
  readonly #waiting: Envelope[] = [];

  update(envelope: Envelope): void {
    this.#waiting.push(envelope);
  }

  choose(): Envelope | undefined {
    return this.#waiting.shift();
  }
}

/** The highest priority that has a message waiting, round robin within it (`TieredPriorityChooser`). */
export class TieredPriorityChooser implements Chooser {
  readonly #priorityOf: (stream: string) => number;
  /** Highest first. */
  readonly #tiers: readonly { readonly priority: number; readonly chooser: Chooser }[];

  constructor(priorities: Iterable<number>, priorityOf: (stream: string) => number) {
    this.#priorityOf = priorityOf;
    this.#tiers = [...new Set(priorities)]
      .sort((one, other) => other - one)
      .map((priority) => ({ priority, chooser: new RoundRobinChooser() }));
  }

  update(envelope: Envelope): void {
    const priority = this.#priorityOf(envelope.stream);
    this.#tiers.find((tier) => tier.priority === priority)!.chooser.update(envelope);
  }

  choose(): Envelope | undefined {
    for (const { chooser } of this.#tiers) {
      const envelope = chooser.choose();
      if (envelope !== undefined) return envelope;
    }
    return undefined;
  }
}

/**
 * After a choice, messages of the same partition bypass the others (`BatchingChooser`). A partition that runs dry stays
 * the preferred one until another is chosen. The batch ends when the count has reached its size with a bypassing message,
 * so a size of one still gives two in a row.
 */
export class BatchingChooser implements Chooser {
  readonly #wrapped: Chooser;
  readonly #batchSize: number;
  #preferred: { readonly stream: string; readonly partition: number } | undefined;
  #bypassing: Envelope | undefined;
  #inBatch = 0;

  constructor(wrapped: Chooser, batchSize: number) {
    this.#wrapped = wrapped;
    this.#batchSize = batchSize;
  }

  update(envelope: Envelope): void {
    const { stream, partition } = envelope;
    if (stream === this.#preferred?.stream && partition === this.#preferred.partition) this.#bypassing = envelope;
    else this.#wrapped.update(envelope);
  }

  choose(): Envelope | undefined {
    const envelope = this.#bypassing;
    if (envelope === undefined) {
      const chosen = this.#wrapped.choose();
      if (chosen !== undefined) {
        this.#preferred = chosen;
        this.#inBatch = 1;
      }
      return chosen;
    }
    this.#bypassing = undefined;
    this.#inBatch++;
    if (this.#inBatch >= this.#batchSize) {
      this.#inBatch = 0;
      this.#preferred = undefined;
    }
    return envelope;
  }
}
