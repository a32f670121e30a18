import { expect, test } from 'vitest';
import { type ProducerReport, producerLimits } from '../producer-report.ts';
import {
  acknowledge,
  beginRequest,
  createProducing,
  failConnection,
  failRequest,
  handOver,
  noteAnswered,
  noteWritten,
  type Producing,
  settleSend,
  takeProducer,
} from './producing.ts';

const node = 2;

function producing(): Producing {
  return createProducing('0', undefined, { producers: 0, sends: 0, brokers: 0, writes: 0 });
}

test.for<{ why: string; happens: (of: Producing) => void; told: Partial<ProducerReport> }>([
  { why: 'nothing happened: it has nothing to send', happens: () => {}, told: { givenUp: 0, brokers: [], writes: [] } },
  {
    why: 'what was acknowledged waits no longer, and no request is unanswered',
    happens: (of) => {
      const send = handOver(of, { records: 3, sinceMs: 10, createdMs: 9 })!;
      acknowledge(of, node, beginRequest(of, node, 11)!, 15);
      settleSend(of, send, true);
    },
    told: { brokers: [{ node, acknowledgedMs: 15, failures: {} }] },
  },
  {
    why: 'a request under way is unanswered since it was sent, and the oldest send says since when all wait',
    happens: (of) => {
      handOver(of, { records: 3, sinceMs: 10, createdMs: 9 });
      handOver(of, { records: 4, sinceMs: 12, createdMs: undefined });
      beginRequest(of, node, 11);
    },
    told: {
      waiting: { records: 7, sends: 2, sinceMs: 10, newestMs: 12, createdMs: 9 },
      brokers: [{ node, unansweredSinceMs: 11, failures: {} }],
    },
  },
  {
    why: 'a retry does not make it younger',
    happens: (of) => {
      handOver(of, { records: 1, sinceMs: 10, createdMs: undefined });
      failRequest(of, node, beginRequest(of, node, 11)!, 'connectionClosed');
      failConnection(of, node, 20, 'noConnection');
      failConnection(of, node, 30, 'noConnection');
      beginRequest(of, node, 40);
    },
    told: {
      waiting: { records: 1, sends: 1, sinceMs: 10, newestMs: 10 },
      brokers: [{ node, unansweredSinceMs: 11, failures: { connectionClosed: 1, noConnection: 2 } }],
    },
  },
  {
    why: 'what the client gave up waits no longer, but its request is still unanswered',
    happens: (of) => {
      const send = handOver(of, { records: 5, sinceMs: 10, createdMs: undefined })!;
      failRequest(of, node, beginRequest(of, node, 11)!, 'timeout');
      settleSend(of, send, false);
    },
    told: { givenUp: 5, brokers: [{ node, unansweredSinceMs: 11, failures: { timeout: 1 } }] },
  },
  {
    why: 'an acknowledgement makes up for what failed before, not for what is still under way',
    happens: (of) => {
      failRequest(of, node, beginRequest(of, node, 11)!, 'timeout');
      const second = beginRequest(of, node, 12)!;
      beginRequest(of, node, 13);
      acknowledge(of, node, second, 14);
    },
    told: { brokers: [{ node, acknowledgedMs: 14, unansweredSinceMs: 13, failures: {} }] },
  },
  {
    why: 'each broker is told of by itself',
    happens: (of) => {
      acknowledge(of, 1, beginRequest(of, 1, 10)!, 11);
      failRequest(of, 2, beginRequest(of, 2, 10)!, 'connectionClosed');
    },
    told: {
      brokers: [
        { node: 1, acknowledgedMs: 11, failures: {} },
        { node: 2, unansweredSinceMs: 10, failures: { connectionClosed: 1 } },
      ],
    },
  },
  {
    why: 'a connection that nothing waits for may fail: it is nothing to speak of',
    happens: (of) => failConnection(of, node, 10, 'noConnection'),
    told: { brokers: [] },
  },
  {
    why: 'an answer makes up for connections that failed',
    happens: (of) => {
      handOver(of, { records: 1, sinceMs: 10, createdMs: undefined });
      failConnection(of, node, 10, 'noConnection');
      noteAnswered(of, node);
    },
    told: {
      waiting: { records: 1, sends: 1, sinceMs: 10, newestMs: 10 },
      brokers: [{ node, failures: {} }],
    },
  },
  {
    why: 'but not for records that were under way',
    happens: (of) => {
      failRequest(of, node, beginRequest(of, node, 11)!, 'connectionClosed');
      noteAnswered(of, node);
    },
    told: { brokers: [{ node, unansweredSinceMs: 11, failures: { connectionClosed: 1 } }] },
  },
  {
    why: 'what failed before its broker had an id is over with the first acknowledgement',
    happens: (of) => {
      failRequest(of, undefined, beginRequest(of, undefined, 10)!, 'noConnection');
      acknowledge(of, node, beginRequest(of, node, 11)!, 12);
    },
    told: { brokers: [{ node, acknowledgedMs: 12, failures: {} }] },
  },
  {
    why: 'offsets that touch are one range; between two ranges somebody else wrote',
    happens: (of) => {
      const written = { topic: 't', partition: 0, leader: node, atMs: 10 };
      noteWritten(of, { ...written, records: 3, offset: 100 });
      noteWritten(of, { ...written, records: 2, offset: 103 });
      noteWritten(of, { ...written, records: 1, offset: 110, atMs: 12 });
    },
    told: {
      writes: [
        {
          topic: 't',
          partition: 0,
          leader: node,
          records: 6,
          offsets: [
            [100, 104],
            [110, 110],
          ],
          overflow: 0,
          acknowledgedMs: 12,
        },
      ],
    },
  },
])('$why', ({ happens, told }) => {
  const of = producing();
  happens(of);
  expect(takeProducer(of)).toMatchObject(told);
  if (told.waiting === undefined) expect(takeProducer(of).waiting).toBeUndefined();
});

test('what was acknowledged is said once', () => {
  const of = producing();
  noteWritten(of, { topic: 't', partition: 0, leader: node, records: 1, offset: 7, atMs: 10 });
  expect(takeProducer(of).writes).toHaveLength(1);
  expect(takeProducer(of).writes).toEqual([]);
});

test('everything has a bound, and what goes beyond is counted', () => {
  const of = producing();
  const { maxWaitingSends, maxBrokersPerProducer, maxWritesPerProducer, maxRangesPerWrite } = producerLimits;
  for (let i = 0; i < maxWaitingSends + 2; i++) handOver(of, { records: 1, sinceMs: i, createdMs: undefined });
  for (let i = 0; i < maxBrokersPerProducer + 3; i++) beginRequest(of, i, 0);
  const written = { topic: 't', leader: node, records: 1, atMs: 10 };
  for (let i = 0; i < maxWritesPerProducer + 4; i++) noteWritten(of, { ...written, partition: i, offset: 0 });
  for (let i = 0; i < maxRangesPerWrite + 5; i++) noteWritten(of, { ...written, partition: 0, offset: 2 * i });
  expect(of.overflow).toEqual({ producers: 0, sends: 2, brokers: 3, writes: 4 });
  const { waiting, writes } = takeProducer(of);
  expect(waiting!.records).toBe(maxWaitingSends);
  expect(writes[0]!.offsets).toHaveLength(maxRangesPerWrite);
  expect(writes[0]!.offsets.at(-1)).toEqual([2 * (maxRangesPerWrite + 4), 2 * (maxRangesPerWrite + 4)]);
  expect(writes[0]!.overflow).toBe(5);
});
