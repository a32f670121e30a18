import type { IncidentFold } from '../ingest/state.ts';
import type { BoundedInstant } from '../interval.ts';

/** The bounds of all partitions that a cut is seen in hold at once. */
export function tighten(fold: IncidentFold, start: BoundedInstant, end: BoundedInstant): void {
  const was = fold.incident;
  const lowMs = Math.max(was.start.lowMs, start.lowMs);
  const highMs = Math.min(was.start.highMs, start.highMs);
  if (was.end === undefined || lowMs > highMs) return;
  fold.incident = {
    ...was,
    start: { ...was.start, lowMs, highMs },
    end: {
      ...was.end,
      lowMs: Math.max(lowMs, Math.min(was.end.lowMs, end.lowMs)),
      highMs: Math.min(was.end.highMs, end.highMs),
    },
  };
}
