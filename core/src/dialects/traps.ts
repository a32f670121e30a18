import type { Intake } from './event-time-windows.ts';
import type { Aggregation, ChosenRecord, WindowSink } from './kafka-streams/aggregation.ts';
import { type WindowedCountOptions, windowedCount } from './kafka-streams/windowed-count.ts';
import { SessionMemory } from './session-memory.ts';
import type { WindowCount } from './windows.ts';

/** Where an engine does what it was built to do and hardly anybody expects. A finding of the audit. */
export type Trap =
  | ({ readonly kind: 'finalNeverEmitted' } & TrappedWindow)
  | { readonly kind: 'dropsStartAgain'; readonly acceptedRecords: number; readonly acceptedWindows: number }
  | ({
      readonly kind: 'sessionForgotten';
      readonly forgotten: TrappedWindow;
      readonly overwritten: boolean;
    } & TrappedWindow)
  | { readonly kind: 'partlyRefused'; readonly refused: number; readonly windows: number };

export interface TrappedWindow {
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly count: number;
}

const explanations: { readonly [K in Trap['kind']]: (trap: Extract<Trap, { kind: K }>) => string } = {
  finalNeverEmitted: ({ key, startMs, endMs, count }) =>
    `The final result of window [${startMs}, ${endMs}) of "${key}", ${count} records, is never emitted: the record that closed ` +
    'it lies so far ahead that its own window had already pushed this one out of the store when EmitStrategy.onWindowClose ' +
    'looked for it. suppress(untilWindowCloses) emits it; so does a retention longer than the jump.',
  dropsStartAgain: ({ acceptedRecords, acceptedWindows }) =>
    `After the restart ${acceptedRecords} late records (${acceptedWindows} windows) were accepted that a task without a restart ` +
    'refuses, and from here on such records are refused again: stream time comes back with the committed offsets, the ' +
    "aggregation's own does not and starts at -1.",
  sessionForgotten: ({ key, startMs, endMs, count, forgotten, overwritten }) =>
    `Session [${startMs}, ${endMs}] of "${key}" starts again with ${count}: the one that it continues, ` +
    `[${forgotten.startMs}, ${forgotten.endMs}] with ${forgotten.count}, ends exactly where sessions close. Its records are still ` +
    'in time, but its store, whose retention is gap and grace, no longer finds it' +
    `${overwritten ? ', and the new count replaces the old one' : ''}. A retention that is longer by 1 ms finds it.`,
  partlyRefused: ({ refused, windows }) =>
    `${refused} of the record's ${windows} windows refused it, the others counted it: Flink sends it to no side output and ` +
    'counts it in no metric, since numLateRecordsDropped is about records that all of their windows refuse.',
};

export function explain<K extends Trap['kind']>(trap: Extract<Trap, { kind: K }>): string {
  const sentence = explanations[trap.kind as K] as (one: typeof trap) => string;
  return sentence(trap);
}

/** In Flink, from what its window operator made of a record; undefined where nothing is hidden. */
export function partlyRefused({ assigned, refused }: Readonly<Intake>): Trap | undefined {
  return refused > 0 && refused < assigned ? { kind: 'partlyRefused', refused, windows: assigned } : undefined;
}

/**
 * The traps of a windowed count of Kafka Streams: a fold over the records of one task in the order it took them. It runs
 * the count beside itself: without its restarts, and, where the application emits only final results, as it does.
 */
export class KafkaStreamsTraps {
  readonly #count: Aggregation;
  readonly #withoutRestart: Aggregation;
  readonly #finals: Aggregation | undefined;
  readonly #sessions: SessionMemory | undefined;
  readonly #found: Trap[] = [];
  readonly #updates: WindowSink;
  readonly #losses: WindowSink;
  #accepted: { records: number; windows: number } | undefined;

  constructor(options: WindowedCountOptions) {
    const { window, graceMs, retentionMs } = options;
    this.#count = windowedCount({ window, graceMs, retentionMs });
    this.#withoutRestart = windowedCount({ window, graceMs, retentionMs });
    if (options.emit === 'onWindowClose') this.#finals = windowedCount(options);
    if (window.kind === 'session') this.#sessions = new SessionMemory(window.gapMs, graceMs);
    this.#updates = {
      updated: (hull) => this.#sessionUpdated(hull),
      removed: (session) => this.#sessions?.remove(session),
    };
    this.#losses = {
      updated: () => {},
      removed: () => {},
      lost: (window) => this.#found.push({ kind: 'finalNeverEmitted', ...copyOf(window) }),
    };
  }

  /** What this record has shown. */
  take(record: ChosenRecord): readonly Trap[] {
    this.#found.length = 0;
    if (record.key !== undefined) this.#sessions?.observe(record.eventMs);
    const dropped = this.#count.take(record, this.#updates);
    const wouldDrop = this.#withoutRestart.take(record, this.#quiet);
    if (this.#accepted) this.#afterRestart(this.#accepted, dropped, wouldDrop);
    this.#finals?.take(record, this.#losses);
    return [...this.#found];
  }

  restart(): void {
    this.#count.restart();
    this.#finals?.restart();
    this.#sessions?.restart();
    this.#accepted = { records: 0, windows: 0 };
  }

  readonly #quiet: WindowSink = { updated: () => {}, removed: () => {} };

  #afterRestart(accepted: { records: number; windows: number }, dropped: number, wouldDrop: number): void {
    if (wouldDrop > dropped) {
      accepted.records++;
      accepted.windows += wouldDrop - dropped;
    }
    if (dropped === 0) return;
    this.#accepted = undefined;
    if (accepted.records === 0) return;
    this.#found.push({
      kind: 'dropsStartAgain',
      acceptedRecords: accepted.records,
      acceptedWindows: accepted.windows,
    });
  }

  #sessionUpdated(hull: Readonly<WindowCount>): void {
    const forgotten = this.#sessions?.put(copyOf(hull));
    if (forgotten === undefined) return;
    const overwritten = forgotten.startMs === hull.startMs && forgotten.endMs === hull.endMs;
    this.#found.push({ kind: 'sessionForgotten', ...copyOf(hull), forgotten, overwritten });
  }
}

function copyOf({ key, startMs, endMs, count }: Readonly<WindowCount>): TrappedWindow {
  return { key, startMs, endMs, count };
}
