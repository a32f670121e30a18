import { expect, test } from 'vitest';
import { readPolicySpec } from './policy-spec.ts';
import { RecordOrder } from './record-order.ts';

test.for([
  {
    why: 'Kafka Streams with its defaults',
    given: { engine: 'kafka-streams', window: { kind: 'hopping', size: '10s', advance: '5s' }, grace: '30s' },
    want: {
      window: { kind: 'hopping', sizeMs: 10_000, advanceMs: 5_000 },
      graceMs: 30_000,
      timestampExtractor: 'FailOnInvalidTimestamp',
    },
  },
  {
    why: 'Flink may leave gaps between windows',
    given: {
      engine: 'flink',
      window: { kind: 'hopping', size: '1s', advance: '1m', offset: '-2s' },
      outOfOrderness: '0s',
    },
    want: {
      window: { kind: 'hopping', sizeMs: 1_000, advanceMs: 60_000, offsetMs: -2_000 },
      allowedLatenessMs: 0,
      partitions: 'perSplit',
    },
  },
  {
    why: 'a plain consumer that waits',
    given: { engine: 'plain', window: { kind: 'session', gap: '90s' }, late: { kind: 'wait', by: '1500ms' } },
    want: { window: { kind: 'session', gapMs: 90_000 }, late: { kind: 'wait', ms: 1_500 } },
  },
])('$why', ({ given, want }) => expect(readPolicySpec(given)).toMatchObject({ ok: true, policy: want }));

const streams = { engine: 'kafka-streams', window: { kind: 'tumbling', size: '5s' }, grace: '0s' };
const flink = { engine: 'flink', window: { kind: 'tumbling', size: '5s' }, outOfOrderness: '1s' };

test.for([
  { why: 'not a policy', given: 'drop', want: ['(policy)'] },
  { why: 'an engine nobody knows', given: { engine: 'spark' }, want: ['engine'] },
  { why: 'a number without a unit', given: { ...streams, grace: 30 }, want: ['grace'] },
  { why: 'a misspelt field', given: { ...streams, allowedLateness: '1s' }, want: ['allowedLateness'] },
  { why: 'no window at all', given: { engine: 'kafka-streams', grace: '0s' }, want: ['window'] },
  { why: 'a missing grace', given: { engine: 'kafka-streams', window: streams.window }, want: ['grace'] },
  { why: 'a negative grace', given: { ...streams, grace: '-1s' }, want: ['grace'] },
  { why: 'a size of zero', given: { ...streams, window: { kind: 'tumbling', size: '0s' } }, want: ['window.size'] },
  {
    why: 'Kafka Streams: windows with gaps',
    given: { ...streams, window: { kind: 'hopping', size: '5s', advance: '6s' } },
    want: ['window.advance'],
  },
  {
    why: 'Kafka Streams: an offset',
    given: { ...streams, window: { kind: 'tumbling', size: '5s', offset: '1s' } },
    want: ['window.offset'],
  },
  {
    why: 'Kafka Streams: a retention below size and grace',
    given: { ...streams, grace: '5s', retention: '9s' },
    want: ['retention'],
  },
  {
    why: 'Flink: sliding windows of Kafka Streams',
    given: { ...flink, window: { kind: 'sliding', difference: '5s' } },
    want: ['window.kind'],
  },
  {
    why: 'Flink: an offset of a whole window',
    given: { ...flink, window: { kind: 'tumbling', size: '5s', offset: '5s' } },
    want: ['window.offset'],
  },
  {
    why: 'Flink: a session without a gap',
    given: { ...flink, window: { kind: 'session', gap: '0s' } },
    want: ['window.gap'],
  },
  {
    why: 'Flink: more windows per record than it allows',
    given: { ...flink, window: { kind: 'hopping', size: '30d', advance: '1ms' } },
    want: ['window.advance'],
  },
  { why: 'Flink: idleness that no tick ever finds', given: { ...flink, idleTimeout: '1s' }, want: ['idleTimeout'] },
  {
    why: 'Beam: a negative offset',
    given: { ...flink, engine: 'beam', window: { kind: 'tumbling', size: '5s', offset: '-1s' } },
    want: ['window.offset'],
  },
  {
    why: 'several at once',
    given: { engine: 'plain', window: { kind: 'tumbling', size: '5 sec' }, late: { kind: 'never' }, extra: 1 },
    want: ['window.size', 'late.kind', 'extra'],
  },
])('refused: $why', ({ given, want }) => {
  const checked = readPolicySpec(given);
  expect(checked.ok ? [] : checked.faults.map(({ path }) => path)).toEqual(want);
});

test('a fault says what was found and the cure', () => {
  const checked = readPolicySpec({ ...streams, grace: '5 sec' });
  expect(checked).toEqual({
    ok: false,
    faults: [{ path: 'grace', got: '5 sec', expected: 'a duration such as 5s or 1500ms' }],
  });
});

test('records out of order, or with times that no engine can have, are refused', () => {
  const order = new RecordOrder();
  const fault = (offset: number, eventMs = 0, partition = 0): string | undefined =>
    order.fault({ topic: 'orders', partition, offset }, eventMs)?.path;
  expect([fault(3), fault(7), fault(7), fault(5), fault(0, 0, 1)]).toEqual([
    undefined,
    undefined,
    'orders-0 offset',
    'orders-0 offset',
    undefined,
  ]);
  expect([fault(8, 1.7e18), fault(8, 0.5), fault(8, -5)]).toEqual([
    'orders-0@8 event time',
    'orders-0@8 event time',
    undefined,
  ]);
});
