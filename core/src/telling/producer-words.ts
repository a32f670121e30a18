import type { ProducerAssessment } from '../assess/assessment.ts';
import type { ProducerState } from '../assess/producer-state.ts';
import { sourceName } from '../source.ts';
import { formatCount, formatCounted, formatDuration } from './format.ts';

/** What a producer is called: after the sources that it is to its readers, else its id at the broker, else its turn in its process. */
export function producerName({ sources, producerId, id }: ProducerAssessment): string {
  const names = [
    ...new Set(sources.filter(({ source }) => source.kind !== 'producer').map((it) => sourceName(it.source))),
  ];
  const shown = names.slice(0, maxNames).join(', ');
  if (names.length > 0)
    return `producer of ${shown}${names.length > maxNames ? ` and ${names.length - maxNames} more` : ''}`;
  return producerId === undefined ? `producer no. ${Number(id) + 1}` : `producer ${producerId}`;
}
const maxNames = 3;

/** `cut off from broker 2 for 32 s`. */
export function producerStateWords({ state, heldUp, reportedMs }: ProducerAssessment): string {
  const { words, by } = stateWords[state];
  if (heldUp === undefined) return words;
  const brokers = heldUp.brokers.length === 0 ? '' : ` ${by} broker ${heldUp.brokers.join(', ')}`;
  return `${words}${brokers} for ${formatDuration(reportedMs - heldUp.sinceMs)}`;
}

const stateWords: { readonly [S in ProducerState]: { readonly words: string; readonly by: string } } = {
  sending: { words: 'sending', by: '' },
  idle: { words: 'nothing to send', by: '' },
  cut: { words: 'cut off', by: 'from' },
  refused: { words: 'refused', by: 'by' },
  closed: { words: 'closed', by: '' },
  unheard: { words: 'not heard of any more', by: '' },
};

/** `12,431 records acknowledged, 1,203 wait, the oldest for 32 s, 20 given up`. */
export function producerCounts({ records, waiting, givenUp, reportedMs }: ProducerAssessment): string {
  return [
    `${formatCounted(records, 'record')} acknowledged`,
    waiting === undefined ? '' : waitingWords(waiting.records, reportedMs - waiting.sinceMs),
    givenUp === 0 ? '' : `${formatCount(givenUp)} given up`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function waitingWords(records: number, sinceMs: number): string {
  return records === 1
    ? `1 waits for ${formatDuration(sinceMs)}`
    : `${formatCount(records)} wait, the oldest for ${formatDuration(sinceMs)}`;
}
