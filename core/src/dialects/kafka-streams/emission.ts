import { WindowStore } from './window-store.ts';

/** How an aggregation sends its results on, and how long its store keeps them. */
export interface Emission {
  /** Undefined: as long as the engine does by default. */
  readonly retentionMs?: number | undefined;
  readonly emit: 'onWindowUpdate' | 'onWindowClose';
  /** How often, by wall clock, onWindowClose looks for closed windows; the engine's default is 1000. */
  readonly emitIntervalMs: number;
}

/** Under onWindowClose time windows are kept in order of time, in another store whose last readable moment is one earlier. */
export function storeOf(
  { retentionMs, emit }: Emission,
  store: { readonly defaultRetentionMs: number; readonly filedUnder: 'start' | 'end' },
): WindowStore {
  return new WindowStore({
    retentionMs: retentionMs ?? store.defaultRetentionMs,
    filedUnder: store.filedUnder,
    edge: emit === 'onWindowClose' && store.filedUnder === 'start' ? 'readable' : 'expired',
    keeps: emit === 'onWindowClose' && store.filedUnder === 'end' ? 'segments' : 'readable',
  });
}
