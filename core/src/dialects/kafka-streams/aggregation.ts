import type { WindowCount } from '../windows.ts';

/** A record that a task has chosen, with the time that its extractor gave it. Callers may fill the same object again. */
export interface ChosenRecord {
  /** Undefined: a record without a key. */
  readonly key: string | undefined;
  readonly eventMs: number;
  readonly hasValue: boolean;
  /** The task's wall clock; only the throttle of onWindowClose looks at it. */
  readonly nowMs: number;
}

/** What an aggregation sends downstream, in order. A window is only lent: copy what must be kept. */
export interface WindowSink {
  updated(window: Readonly<WindowCount>): void;
  /** A session that was merged into another. */
  removed(window: Readonly<WindowCount>): void;
  /** A final result that onWindowClose has passed over and will never emit. */
  lost?(window: Readonly<WindowCount>): void;
}

/** A windowed count of Kafka Streams. */
export interface Aggregation {
  /** By how much the record raises `dropped-records-total`: refused windows, not records. */
  take(record: ChosenRecord, out: WindowSink): number;
  /** A new start of the task: late records are in time again until a younger one has come. */
  restart(): void;
}

/** The application stops: an invalid timestamp, or windows that the API accepts and the first record then breaks. */
export class EngineStopped extends Error {}

/** Downstream of an aggregation that emits only final results. */
export const nowhere: WindowSink = { updated: () => {}, removed: () => {} };

export function newWindow(key: string, startMs: number, endMs: number, count: number, latestMs: number): WindowCount {
  return { key, startMs, endMs, count, latestMs, live: true };
}
