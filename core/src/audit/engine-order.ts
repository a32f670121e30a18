import { type TaskSharing, taskKeyOf } from './audit-policy.ts';
import type { Audited, Directory } from './audited.ts';
import { type LiveOptions, LiveTask } from './live-task.ts';

interface Waiting {
  /** What it is chosen by. */
  readonly eventMs: number;
  readonly record: Audited;
}

export interface EngineOrderOptions extends LiveOptions {
  /** It must know all partitions: which ones a task has decides what it waits for. */
  readonly directory: Directory;
  readonly tasks: TaskSharing;
  readonly appendTimes: 'broker' | 'modelled';
}

/**
 * Records in the order in which tasks of Kafka Streams would have taken them, if they had been running as the records arrived.
 * It keeps what waits: what arrives within `maxIdleMs` for each partition that is silent.
 */
export class EngineOrder {
  readonly #laneByPlace: { readonly task: LiveTask<Waiting>; readonly lane: number }[] = [];
  readonly #tasks: readonly LiveTask<Waiting>[];
  readonly #isModelled: boolean;
  #waiting = 0;

  /** What is handed on is taken and processed at the moment that it says it arrived. */
  constructor({ directory, tasks, appendTimes, ...live }: EngineOrderOptions, taken: (record: Audited) => void) {
    this.#isModelled = appendTimes === 'modelled';
    const places = Map.groupBy(directory.places.keys(), (place) => taskKeyOf(tasks, directory.places[place]!));
    this.#tasks = [...places.values()].map((lanes) => {
      const task = new LiveTask<Waiting>(lanes.length, live, ({ record }, atMs) => {
        this.#waiting--;
        record.arrivalMs = record.processedMs = atMs;
        taken(record);
      });
      for (const [lane, place] of lanes.entries()) this.#laneByPlace[place] = { task, lane };
      return task;
    });
  }

  /** How many records arrived and are not taken. */
  get waiting(): number {
    return this.#waiting;
  }

  /** In the order of arrival. */
  take(record: Audited): void {
    const { arrivalMs } = record;
    for (const task of this.#tasks) task.passTime(arrivalMs);
    const { task, lane } = this.#laneByPlace[record.place]!;
    this.#waiting++;
    // When it came to the broker stays known, also where only the order tells of it.
    const appendMs = this.#isModelled ? arrivalMs : record.appendMs;
    task.arrive(lane, { eventMs: Math.max(0, record.eventMs), record: { ...record, appendMs } }, arrivalMs);
  }

  end(): void {
    for (const task of this.#tasks) task.end();
  }
}
