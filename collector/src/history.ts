import type { Board } from './board.ts';
import { jsonArray } from './series-json.ts';
import { historyStepMs, stepOf } from './store/rollup.ts';
import type { Store } from './store/store.ts';

/** What was, as JSON: the last minutes from memory, what is older from the store, if there is one. */
export class History {
  readonly #board: Board;
  readonly #store: Store | undefined;

  constructor(board: Board, store: Store | undefined) {
    this.#board = board;
    this.#store = store;
  }

  /** Points oldest first, both ends inclusive: one a second as far as memory goes, before that one each ten seconds or wider. */
  async points(fromMs: number, toMs: number): Promise<string> {
    const { series } = this.#board;
    const memoryFromMs = series.firstMs ?? Number.POSITIVE_INFINITY;
    // A caller that does not say from when wants what memory has, as ever; the whole past is a question of its own.
    if (this.#store === undefined || fromMs === Number.NEGATIVE_INFINITY || fromMs >= memoryFromMs) {
      return series.between(fromMs, toMs);
    }
    // A step that memory has in part only is the store's.
    const memoryStepMs = Math.ceil(memoryFromMs / historyStepMs) * historyStepMs;
    const kept = await this.#store.points({ fromMs: stepOf(fromMs), toMs: Math.min(toMs, memoryStepMs - 1) });
    return jsonArray([...kept, ...series.textsBetween(memoryStepMs, toMs)]);
  }

  latestIncidents(): string {
    return JSON.stringify(this.#board.assessment.incidents);
  }

  /** Those that changed since, the latest change first. */
  async incidents(sinceMs: number): Promise<string> {
    if (this.#store !== undefined) return jsonArray(await this.#store.incidents({ sinceMs }));
    const since = this.#board.assessment.incidents.filter(({ updatedAtMs }) => updatedAtMs >= sinceMs);
    return JSON.stringify(since.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs));
  }

  async incident(id: string): Promise<string | undefined> {
    const known = this.#board.assessment.incidents.find((incident) => incident.id === id);
    return known === undefined ? this.#store?.incident(id) : JSON.stringify(known);
  }
}
