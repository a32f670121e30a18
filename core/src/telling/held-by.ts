import type { HeldBy, InputState } from '../topology/topology.ts';
import { formatCounted, formatPartition } from './format.ts';

/** What a person on call reads of the input that holds a watermark: `orders-1, upstream in billing: 1,240 records not processed yet`. */
export function heldBySentence(held: HeldBy): string {
  const upstream = held.via.length === 0 ? '' : `, upstream in ${held.node}`;
  return `${formatPartition(held)}${upstream}: ${words[held.state](held)}`;
}

const words: { readonly [S in InputState]: (held: HeldBy) => string } = {
  live: ({ paused }) => (paused ? 'it is paused' : 'the last in line'),
  behind: ({ waiting = 0, paused }) =>
    `${waiting === 0 ? 'records' : formatCounted(waiting, 'record')} not processed yet${paused ? ', and it is paused' : ''}`,
  idle: () => 'nothing comes',
  unheard: () => 'no agent tells of it any more',
};
