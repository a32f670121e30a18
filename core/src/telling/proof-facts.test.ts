import { expect, test } from 'vitest';
import { sentence } from '../incidents/sentence.ts';
import type { ProducerProof } from '../ingest/told.ts';
import { proofFacts } from './proof-facts.ts';
import { toldNote } from './told-words.ts';

const atMs = Date.UTC(2026, 0, 1, 10, 2, 11);
const proof: ProducerProof = {
  host: 'orders-eu-2',
  processId: 31,
  producers: 1,
  linkedBy: 'offsets',
  brokers: [2],
  acknowledgedMs: atMs - 40,
  sinceMs: atMs,
  failures: { connectionClosed: 1, noConnection: 42 },
  waitingRecords: 1_203,
  givenUp: 0,
  createdMs: atMs + 300,
  isAll: true,
  toldMs: atMs + 9_000,
};
const incident = {
  id: 'a',
  kind: 'producerCutOff',
  status: 'open',
  revision: 1,
  revisions: [],
  group: 'billing',
  tasks: [],
  source: { kind: 'named', name: 'B' },
  partitions: [],
  detectedAtMs: atMs,
  updatedAtMs: atMs,
  start: { lowMs: atMs, highMs: atMs, basis: 'proved' },
  late: { count: 0, maxMs: 0 },
  dropped: [],
  evidence: { silentMs: 9_000, lastEventMs: atMs, usualGapMs: 20, usualDelayMs: 8 },
  proof,
  remedies: [],
} as const;

test('what its agent says, one fact a row', () => {
  const shown = proofFacts(proof).map(({ name, value }) => [
    name,
    value.filter((part) => typeof part === 'string').join(''),
  ]);
  expect(shown).toEqual([
    ['Its agent', 'process 31 on orders-eu-2; last heard saying so '],
    ['No acknowledgement', 'by broker 2 since ; the last one before came '],
    ['Tried', '1 request with the connection lost, 42 requests without a connection'],
    ['Waiting', '1,203 records, the oldest made '],
  ]);
});

test('where the owner waits for each answer, what waits is the least; what was handed back is said', () => {
  const { createdMs: _, ...without } = proof;
  const waiting = proofFacts({ ...without, waitingRecords: 1, givenUp: 200, isAll: false }).at(-1)!;
  expect(waiting.value.join('')).toBe(
    '1 record at least: its owner hands over no more while it waits; 200 records given up and handed back',
  );
});

test('while it lasts the sentence says what is known, and by whom', () => {
  expect(sentence(incident)).toBe(
    'B is cut off from broker 2 since 10:02:11 UTC, proved by its agent: nothing is acknowledged, 43 requests failed, 1,203 records wait.',
  );
});

test('one that is over and cost nothing says so', () => {
  const end = { lowMs: atMs + 9_000, highMs: atMs + 9_000, basis: 'proved' } as const;
  expect(sentence({ ...incident, status: 'closed', end })).toBe(
    'B was cut off from broker 2 for 9 s, from 10:02:11 UTC to 10:02:20 UTC, proved by its agent; it cost billing nothing.',
  );
});

test.for([
  { told: { kind: 'cut', proof }, state: 'cut', want: 'its agent: 1,203 records wait, nothing acknowledged for 9 s' },
  { told: { kind: 'idle' }, state: 'idle', want: 'its agent: nothing to send' },
  { told: { kind: 'idle' }, state: 'live', want: '' },
  { told: { kind: 'live' }, state: 'live', want: '' },
  { told: undefined, state: 'idle', want: '' },
] as const)('beside its state: $told.kind, $state', ({ told, state, want }) => {
  expect(toldNote(told === undefined ? { state } : { told, state })).toBe(want);
});
