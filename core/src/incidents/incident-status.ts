import type { IncidentFold } from '../ingest/state.ts';
import type { IncidentStatus } from './incident.ts';

/** A flapping source turns often; the first and the latest turns tell the story. */
const maxRevisions = 16;

/** Gives an incident another status, and writes down when and why. */
export function turn(fold: IncidentFold, status: IncidentStatus, atMs: number, reason: string): void {
  const { revisions } = fold.incident;
  const kept = revisions.length < maxRevisions ? revisions : [revisions[0]!, ...revisions.slice(2)];
  if (status !== 'suspected') forgetForecast(fold);
  fold.incident = { ...fold.incident, status, revisions: [...kept, { atMs, status, reason }] };
  fold.changed = true;
}

/** What was forecast has come, or will not. */
export function forgetForecast(fold: IncidentFold): void {
  const { forecast: _, ...incident } = fold.incident;
  fold.incident = incident;
}
