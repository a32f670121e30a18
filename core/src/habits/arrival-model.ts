import type { SourceFold } from '../ingest/state.ts';
import type { QuietHours } from './day-rhythm.ts';
import { type PaceKind, recordsPerSecond } from './pace.ts';
import { usualNowMs } from './rhythms.ts';

/** How a source usually comes: its pace of late, and what is usual at this time of the day. */
export interface ArrivalModel {
  readonly kind: PaceKind;
  /** The gap that half of its last gaps stay below; of a steady one at most the grain of reports. */
  readonly everyMs: number;
  /** In the last minutes in which it was heard of; absent where it comes less than once a minute. */
  readonly recordsPerSecond?: number;
  /** The longest silence that is usual at this time of the day; absent while less than two days are known. */
  readonly silentUpToMs?: number;
  /** Each day it is silent between these times of the day, ms since midnight UTC. */
  readonly quiet?: QuietHours;
}

/** Undefined: too little is known of it. */
export function arrivalModelOf(of: SourceFold, nowMs: number): ArrivalModel | undefined {
  const { kind, everyMs } = of.pace;
  if (kind === undefined || of.source.kind === 'overflow') return undefined;
  const perSecond = recordsPerSecond(of.pace);
  const silentUpToMs = usualNowMs(of, nowMs);
  const quiet = of.rhythm?.quiet;
  return {
    kind,
    everyMs,
    ...(perSecond === undefined ? {} : { recordsPerSecond: perSecond }),
    ...(silentUpToMs === undefined ? {} : { silentUpToMs: Math.round(silentUpToMs) }),
    ...(quiet === undefined ? {} : { quiet }),
  };
}
