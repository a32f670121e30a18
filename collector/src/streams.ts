/** The writing end of one open page. */
export interface Stream {
  /** Settles when the bytes were taken, also when nobody is there to take them any more. */
  readonly write: (bytes: Uint8Array) => Promise<unknown>;
  /** Ends it at once, whatever is still unsent. */
  readonly cut: () => void;
  /** Ends it in good order. */
  readonly end: () => void;
}

export const streamLimits = { maxStreams: 256, maxUnsentFrames: 8 } as const;

/**
 * The open pages. Every one is sent the same bytes. One that does not take them holds at most `maxUnsentFrames` of them, then
 * it is cut off and may come back: it would miss changes that later frames build on, and must not grow the collector.
 */
export class Streams {
  readonly #open = new Map<Stream, { unsent: number }>();
  cutOff = 0;
  turnedAway = 0;

  get size(): number {
    return this.#open.size;
  }

  /** Whoever comes now is to be turned away. */
  get full(): boolean {
    return this.#open.size >= streamLimits.maxStreams;
  }

  add(stream: Stream, hello: Uint8Array): void {
    this.#open.set(stream, { unsent: 0 });
    this.#send(stream, hello);
  }

  remove(stream: Stream): void {
    this.#open.delete(stream);
  }

  sendAll(frame: Uint8Array): void {
    for (const stream of this.#open.keys()) this.#send(stream, frame);
  }

  endAll(): void {
    for (const stream of this.#open.keys()) stream.end();
    this.#open.clear();
  }

  #send(stream: Stream, frame: Uint8Array): void {
    const client = this.#open.get(stream);
    if (client === undefined) return;
    if (client.unsent >= streamLimits.maxUnsentFrames) {
      this.cutOff++;
      this.#open.delete(stream);
      stream.cut();
      return;
    }
    client.unsent++;
    stream.write(frame).finally(() => {
      client.unsent--;
    });
  }
}
