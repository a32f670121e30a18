/** What the example consumer says of itself: the only judge of what was dropped. */
export interface LoggedDrop {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly windowEndMs: number;
  readonly closedBy: { readonly partition: number; readonly offset: number };
}

interface LogLine {
  readonly joined?: object;
  readonly dropped?: Omit<LoggedDrop, 'offset' | 'closedBy'> & {
    readonly offset: string;
    readonly closedBy: { readonly partition: number; readonly offset: string };
  };
  readonly progress?: { readonly processed: number; readonly dropped: number };
}

/** Reads the consumer's lines as they come. */
export class ConsumerLog {
  readonly drops: LoggedDrop[] = [];
  hasJoined = false;
  processed = 0;
  /** The longest time between two words on its progress, of which it has one each half second. */
  longestGapMs = 0;
  #progressMs: number | undefined;

  /** Called once for the first dropped record. */
  onFirstDrop: (() => void) | undefined;

  read(line: string): void {
    const { joined, dropped, progress } = JSON.parse(line) as LogLine;
    if (joined) this.hasJoined = true;
    if (progress) this.#noteProgress(progress.processed, Date.now());
    if (!dropped) return;
    const { closedBy } = dropped;
    this.drops.push({
      topic: dropped.topic,
      partition: dropped.partition,
      offset: Number(dropped.offset),
      windowEndMs: dropped.windowEndMs,
      closedBy: { partition: closedBy.partition, offset: Number(closedBy.offset) },
    });
    if (this.drops.length === 1) this.onFirstDrop?.();
  }

  #noteProgress(processed: number, nowMs: number): void {
    this.processed = processed;
    this.longestGapMs = Math.max(this.longestGapMs, nowMs - (this.#progressMs ?? nowMs));
    this.#progressMs = nowMs;
  }
}
