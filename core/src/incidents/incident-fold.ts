import type { IncidentFold, State } from '../ingest/state.ts';
import type { IncidentDraft } from './incident.ts';

/** An incident that nothing is known to have been lost for yet. */
export function createIncident(
  state: State,
  what: Pick<IncidentDraft, 'kind' | 'status' | 'group' | 'source' | 'start' | 'end' | 'evidence'> & {
    readonly nowMs: number;
  },
): IncidentFold {
  const { nowMs, ...incident } = what;
  const id = `${what.kind}-${Math.round(what.start.highMs)}-${++state.incidentCount}`;
  const fold: IncidentFold = {
    incident: {
      id,
      revision: 0,
      revisions: [],
      tasks: [],
      partitions: [],
      detectedAtMs: nowMs,
      updatedAtMs: nowMs,
      late: { count: 0, maxMs: 0 },
      dropped: [],
      remedies: [],
      sentence: '',
      ...incident,
    },
    isReported: false,
    materialCount: 0,
    tasks: new Set(),
    partitions: new Map(),
    lateCount: 0,
    lateMaxMs: 0,
    drops: new Map(),
    holds: new Set(),
    lanes: new Set(),
    stall: undefined,
    firstCulprit: undefined,
    lastActivityMs: nowMs,
    backMs: undefined,
    changed: true,
  };
  state.incidents.set(id, fold);
  return fold;
}
