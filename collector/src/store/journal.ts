import type { Incident, SeriesPoint } from '@tidemark/core';
import type { Entry, Kept, TickEntry } from './entry.ts';

/** Writes entries, numbered on from `afterId`, and what is to be kept, all of it or nothing. Tells the number of the last one. */
export type Commit = (
  batch: Kept & { readonly entries: readonly Entry[]; readonly afterId: number },
) => Promise<number>;

/** How a commit went. */
export interface Outcome {
  readonly error: Error | undefined;
  readonly hadReports: boolean;
}

export const journalLimits: {
  readonly [K in 'maxWaitingBytes' | 'maxOwedTicks' | 'maxOwedKept']: number;
} = {
  /** Of reports that wait to be written. Their agents keep more than this for us. */
  maxWaitingBytes: 64 * 1024 * 1024,
  /** Ticks that are owed to a disk that does not take anything: more than a day of them. */
  maxOwedTicks: 100_000,
  /** Incidents, and as many points, that are owed to it. */
  maxOwedKept: 1_000,
};

interface Waiting {
  readonly entry: Entry;
  readonly apply: () => void;
  /** Of a report alone: a tick is applied whether it could be written or not. */
  readonly refuse: (error: Error) => void;
}

/**
 * Write first, then believe: an entry is folded, and its sender told so, only once it is on the disk, in the order in which it is
 * there. One commit is under way at a time; all that comes meanwhile shares the next one.
 *
 *     r1 r2 ──▶ commit ──▶ fold r1 r2, answer
 *               t1 r3 ──▶ waits ──▶ commit ──▶ fold t1 r3, answer
 *
 * When a commit fails, its reports are refused and their agents keep them. Time goes on all the same: its ticks are folded, and
 * written before anything else once that is possible again, so that the log still says what happened.
 */
export class Journal {
  readonly #commit: Commit;
  readonly #onOutcome: (outcome: Outcome) => void;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #owed: TickEntry[] = [];
  #writing: Promise<void> | undefined;
  readonly #incidents = new Map<string, Incident>();
  readonly #points = new Map<number, SeriesPoint>();
  /** Id of the last entry that is on the disk and folded. */
  foldedId: number;

  constructor(options: {
    readonly commit: Commit;
    readonly lastId: number;
    /** After each commit. */
    readonly onOutcome: (outcome: Outcome) => void;
  }) {
    this.#commit = options.commit;
    this.#onOutcome = options.onOutcome;
    this.foldedId = options.lastId;
  }

  /** Rejects, without having applied it, if the entry cannot be written; but a tick is always applied. */
  write<T>(entry: Entry, apply: () => T): Promise<T> {
    const bytes = bytesOf(entry);
    if (this.#waitingBytes + bytes > journalLimits.maxWaitingBytes) {
      return Promise.reject(new Error('more waits to be written than the disk takes'));
    }
    this.#waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      const settle = () => {
        try {
          resolve(apply());
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ entry, apply: settle, refuse: reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Goes with the next commit; the last that is known of an incident or a second is what counts. */
  keep({ incidents, points }: Kept): void {
    for (const incident of incidents) this.#incidents.set(incident.id, incident);
    for (const point of points) this.#points.set(point.atMs, point);
  }

  /** When all that has come so far is written or refused. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // What comes in the same turn of the event loop shares the first commit too.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#writeOnce();
    this.#writing = undefined;
  }

  async #writeOnce(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    const owed = this.#owed;
    const entries = [...owed, ...batch.map(({ entry }) => entry)];
    const incidents = [...this.#incidents.values()];
    const points = [...this.#points.values()];
    this.#incidents.clear();
    this.#points.clear();
    let failure: Error | undefined;
    try {
      this.foldedId = await this.#commit({ entries, afterId: this.foldedId, incidents, points });
      this.#owed = [];
    } catch (error) {
      failure = error as Error;
      this.#keepUnlessNewer(incidents, points);
    }
    this.#onOutcome({ error: failure, hadReports: batch.some(({ entry }) => entry.kind === 'report') });
    for (const { entry, apply, refuse } of batch) {
      this.#waitingBytes -= bytesOf(entry);
      if (failure === undefined) apply();
      else if (entry.kind === 'report') refuse(failure);
      else {
        this.#owe(entry);
        apply();
      }
    }
  }

  #owe(tick: TickEntry): void {
    this.#owed.push(tick);
    if (this.#owed.length > journalLimits.maxOwedTicks) this.#owed.shift();
  }

  #keepUnlessNewer(incidents: readonly Incident[], points: readonly SeriesPoint[]): void {
    const { maxOwedKept } = journalLimits;
    const newer = { incidents: [...this.#incidents.values()], points: [...this.#points.values()] };
    this.#incidents.clear();
    this.#points.clear();
    this.keep({ incidents: incidents.slice(-maxOwedKept), points: points.slice(-maxOwedKept) });
    this.keep(newer);
  }
}

function bytesOf(entry: Entry): number {
  return entry.kind === 'report' ? entry.body.length : 0;
}
