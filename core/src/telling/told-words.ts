import type { SourceAssessment } from '../assess/assessment.ts';
import { formatCounted, formatDuration } from './format.ts';

/** What a source's own agents add to its state, as a note beside it; empty where that is nothing. */
export function toldNote({ told, state }: Pick<SourceAssessment, 'told' | 'state'>): string {
  if (told?.kind === 'cut') {
    const { waitingRecords, sinceMs, toldMs } = told.proof;
    const wait = `${formatCounted(waitingRecords, 'record')} ${waitingRecords === 1 ? 'waits' : 'wait'}`;
    return `its agent: ${wait}, nothing acknowledged for ${formatDuration(toldMs - sinceMs)}`;
  }
  return told?.kind === 'idle' && state === 'idle' ? 'its agent: nothing to send' : '';
}
