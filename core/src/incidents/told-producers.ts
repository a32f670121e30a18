import type { ProducerAssessment } from '../assess/assessment.ts';
import { sourceKey } from '../source.ts';
import type { Incident } from './incident.ts';

/** Whether an open incident tells of a producer already: of a source that it is to a group. What is told so is not told twice. */
export function toldInIncidents(
  incidents: readonly Incident[],
): (producer: Pick<ProducerAssessment, 'sources'>) => boolean {
  const told = new Set(
    incidents
      .filter(({ status }) => status === 'open')
      .map(({ group, source }) => JSON.stringify([group, sourceKey(source)])),
  );
  return ({ sources }) => sources.some(({ group, source }) => told.has(JSON.stringify([group, sourceKey(source)])));
}
