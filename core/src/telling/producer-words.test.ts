import { expect, test } from 'vitest';
import type { ProducerAssessment } from '../assess/assessment.ts';
import { producerCounts, producerName, producerStateWords } from './producer-words.ts';

const reportedMs = 1_772_366_400_000;
const idle: ProducerAssessment = {
  id: '0',
  agentId: 'a',
  host: 'h',
  processId: 1,
  state: 'idle',
  reportedMs,
  givenUp: 0,
  brokers: [],
  records: 1,
  sources: [],
};
const read = (name: string) => ({ group: 'g', source: { kind: 'named', name }, by: 'offsets' }) as const;
const byId = { group: 'g', source: { kind: 'producer', producerId: '4711' }, by: 'producerId' } as const;

test.for([
  { why: 'nothing is known of it but its turn', producer: idle, want: 'producer no. 1' },
  { why: 'its id at the broker', producer: { ...idle, producerId: '4711', sources: [byId] }, want: 'producer 4711' },
  { why: 'what it is called where it is read', producer: { ...idle, sources: [read('B')] }, want: 'producer of B' },
  {
    why: 'two groups read the same source',
    producer: { ...idle, sources: [read('B'), read('B')] },
    want: 'producer of B',
  },
  {
    why: 'many names are counted',
    producer: { ...idle, sources: ['A', 'B', 'C', 'D'].map(read) },
    want: 'producer of A, B, C and 1 more',
  },
])('its name: $why', ({ producer, want }) => expect(producerName(producer)).toBe(want));

const held = (brokers: readonly number[]) => ({ heldUp: { sinceMs: reportedMs - 32_000, brokers } });
test.for([
  { change: {}, want: 'nothing to send' },
  { change: { state: 'cut', ...held([2]) }, want: 'cut off from broker 2 for 32 s' },
  { change: { state: 'cut', ...held([]) }, want: 'cut off for 32 s' },
  { change: { state: 'refused', ...held([1, 2]) }, want: 'refused by broker 1, 2 for 32 s' },
  { change: { state: 'unheard' }, want: 'not heard of any more' },
] as const)('its state: $want', ({ change, want }) => expect(producerStateWords({ ...idle, ...change })).toBe(want));

test.for([
  { change: {}, want: '1 record acknowledged' },
  {
    change: {
      records: 12_431,
      waiting: { records: 1_203, sends: 3, sinceMs: reportedMs - 32_000, newestMs: reportedMs },
    },
    want: '12,431 records acknowledged, 1,203 wait, the oldest for 32 s',
  },
  {
    change: { waiting: { records: 1, sends: 1, sinceMs: reportedMs - 40, newestMs: reportedMs }, givenUp: 1_020 },
    want: '1 record acknowledged, 1 waits for 40 ms, 1,020 given up',
  },
])('its counts: $want', ({ change, want }) => expect(producerCounts({ ...idle, ...change })).toBe(want));
