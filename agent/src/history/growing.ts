import { AnswerCursor, type FetchedSet } from './fetch-answer.ts';
import { createReadAhead, type ReadAhead } from './reader.ts';
import type { Track } from './track.ts';

/** A record set of which the first part may have been read before all of it was there. */
export interface GrowingSet {
  readonly set: FetchedSet;
  readonly track: Track;
  readonly ahead: ReadAhead;
}

/** Its answer is complete: up to `end` it can be believed, and `nextOffset` follows. */
export interface ArrivedSet extends GrowingSet {
  readonly end: number;
  readonly nextOffset: number;
}

/** Less is not worth a block of its own. */
const leastPieceBytes = 64 * 1024;

/**
 * A fetch answer while it comes. What is there is read meanwhile: otherwise the broker would fill the kernel's buffers and then
 * wait while an answer of megabytes is read, and the reader while the next one comes.
 */
export class Growing {
  readonly leader: number;
  readonly sets: GrowingSet[] = [];
  readonly #tracks: readonly Track[];
  readonly #toRead: () => void;
  #cursor: AnswerCursor | undefined;
  #payload: Buffer | undefined;
  #filled = 0;
  #looked = 0;
  #isOver = false;

  /** `tracks`: what was asked for. `toRead` is called when there is something new to be read. */
  constructor(leader: number, tracks: readonly Track[], toRead: () => void) {
    this.leader = leader;
    this.#tracks = tracks;
    this.#toRead = toRead;
  }

  /** The first `filled` bytes of the payload have come. */
  grow(payload: Buffer, filled: number, version: number): void {
    if (this.#isOver || filled - this.#looked < leastPieceBytes) return;
    this.#payload = payload;
    this.#filled = filled;
    const cursor = (this.#cursor ??= new AnswerCursor(version));
    for (let set = cursor.next(payload, filled); set !== undefined; set = cursor.next(payload, filled)) {
      const track = this.#tracks.find(({ partition }) => partition === set.partition);
      if (track === undefined || set.errorCode !== 0 || cursor.errorCode !== 0) continue;
      this.sets.push({ set, track, ahead: createReadAhead(set) });
    }
    this.#toRead();
  }

  /** Undefined if nothing has come since it was called last. */
  look(): { readonly payload: Buffer; readonly filled: number } | undefined {
    if (this.#isOver || this.#payload === undefined || this.#filled === this.#looked) return undefined;
    this.#looked = this.#filled;
    return { payload: this.#payload, filled: this.#filled };
  }

  aheadOf(set: FetchedSet): ReadAhead {
    return this.sets.find((one) => one.set.partition === set.partition)?.ahead ?? createReadAhead(set);
  }

  /** All of it is there, and is read as a whole from where it was read ahead to. */
  complete(): void {
    this.#isOver = true;
  }

  /** The rest will not come, and its memory is another's soon. What was read of it is not to be asked for again. */
  giveUp(): void {
    this.#isOver = true;
    for (const { ahead, track } of this.sets) {
      ahead.isOver = true;
      track.fetchOffset = Math.max(track.fetchOffset, track.nextOffset);
    }
  }
}
