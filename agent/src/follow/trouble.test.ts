import { expect, test } from 'vitest';
import { type KafkaFault, rootFault } from '../kafkajs/cluster.ts';
import { type Deed, Troubles, troubleLine } from './trouble.ts';

test.for<{ why: string; deed: Deed; fault: KafkaFault; want: string }>([
  {
    why: 'a group that may not be seen',
    deed: { kind: 'readCommits', group: 'billing' },
    fault: { message: 'Not authorized', type: 'GROUP_AUTHORIZATION_FAILED' },
    want: 'cannot read the committed offsets of group "billing": not allowed; grant this user DESCRIBE on group "billing"',
  },
  {
    why: 'a topic that may be seen but not read',
    deed: { kind: 'fetch', topic: 'orders', partition: 3 },
    fault: { message: 'Not authorized', type: 'TOPIC_AUTHORIZATION_FAILED' },
    want: 'cannot read orders-3: not allowed; grant this user READ on topic "orders"',
  },
  {
    why: 'a topic that may not even be seen',
    deed: { kind: 'findLeaders', topic: 'orders' },
    fault: { message: 'Not authorized', type: 'TOPIC_AUTHORIZATION_FAILED' },
    want: 'cannot find the leaders of topic "orders": not allowed; grant this user DESCRIBE on topic "orders"',
  },
  {
    why: 'a topic that was deleted',
    deed: { kind: 'findLeaders', topic: 'orders' },
    fault: { message: 'This server does not host this topic-partition', type: 'UNKNOWN_TOPIC_OR_PARTITION' },
    want: 'cannot find the leaders of topic "orders": it is not there (deleted, or not created yet)',
  },
  {
    why: 'a compression that this Node does not bring',
    deed: { kind: 'fetch', topic: 'orders', partition: 0 },
    fault: { name: 'KafkaJSNotImplemented', message: 'ZSTD compression not implemented' },
    want: 'cannot read orders-0: its records cannot be unpacked (ZSTD compression not implemented); Zstandard needs Node 22.15 or later',
  },
  {
    why: 'anything else, in its own words',
    deed: { kind: 'connect', brokers: ['a:1', 'b:2'] },
    fault: { message: 'connect ECONNREFUSED' },
    want: 'cannot reach a broker at a:1, b:2: connect ECONNREFUSED',
  },
])('$why', ({ deed, fault, want }) => expect(troubleLine(deed, fault)).toBe(want));

test('a trouble is said when it begins, when it turns into another and when it is over; all attempts are counted', () => {
  const lines: string[] = [];
  const total = { errors: 0 };
  const troubles = new Troubles(total, (line) => lines.push(line));
  const deed: Deed = { kind: 'fetchFrom', nodeId: '1' };
  troubles.worked(deed);
  for (const message of ['refused', 'refused', 'no route', 'no route']) troubles.failed(deed, new Error(message));
  troubles.failed({ kind: 'fetchFrom', nodeId: '2' }, new Error('refused'));
  troubles.worked(deed);
  troubles.worked(deed);
  expect(total.errors).toBe(5);
  expect(lines).toEqual([
    'cannot read from broker 1: refused; trying again',
    'cannot read from broker 1: no route; trying again',
    'cannot read from broker 2: refused; trying again',
    'again able to read from broker 1',
  ]);
});

test('what kafkajs wraps in "number of retries exceeded" is found', () => {
  const refused = Object.assign(new Error('no'), { type: 'GROUP_AUTHORIZATION_FAILED' });
  expect(rootFault(new Error('retries', { cause: new Error('bail', { cause: refused }) })).type).toBe(refused.type);
  expect(rootFault('text')).toEqual({ message: 'text' });
});
