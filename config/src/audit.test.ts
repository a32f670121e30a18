import { expect, test } from 'vitest';
import { readAuditSettings } from './audit.ts';
import { faultLine } from './faults.ts';
import { readPolicyFile } from './policy-file.ts';

const policy = ['--window', 'tumbling:10s', '--grace', '5s'];
const topic = ['--topic', 'orders', '--brokers', 'kafka:9092'];

test.for([
  { why: 'a file has no last two hours', flags: ['--file', 'a.csv', '--from', '2h', ...policy], fault: '--from' },
  { why: 'a topic has no columns', flags: [...topic, '--time-field', 'when', ...policy], fault: '--time-field' },
  { why: 'a capture is not judged anew', flags: ['--capture', 'a.gz', '--html', 'a.html'], fault: '--html' },
  { why: 'offsets go forward', flags: [...topic, '--from', '9', '--to', '3', ...policy], fault: '--to' },
  { why: 'and so do times', flags: [...topic, '--from', '1h', '--to', '2h', ...policy], fault: '--to' },
  { why: 'what plain needs', flags: [...topic, '--engine', 'plain', '--window', 'tumbling:1m'], fault: '--late' },
])('$why: $fault is refused', ({ flags, fault }) => {
  const read = readAuditSettings(flags);
  expect(read.ok ? [] : read.faults.map(({ where }) => where)).toEqual([fault]);
});

test.for([
  { why: 'places of two kinds, which only a broker can compare', places: ['--from', '9', '--to', '1h'] },
  { why: 'a time ago, and a later one', places: ['--from', '2h', '--to', '1h'] },
  { why: 'from the start to an offset', places: ['--from', 'earliest', '--to', '7'] },
])('taken: $why', ({ places }) => {
  expect(readAuditSettings([...topic, ...places, ...policy])).toMatchObject({ ok: true });
});

test('a topic that is named twice is read once', () => {
  const read = readAuditSettings(['--topic', 'a,b,a', '--brokers', 'kafka:9092', ...policy]);
  expect(read).toMatchObject({ ok: true, value: { history: { topics: ['a', 'b'] } } });
});

test.for([
  { yaml: 'policies: []', want: 'p.yaml: policies: got "[]"; expected at least one policy, with engine' },
  { yaml: 'policies: [', want: 'p.yaml: got "what is no YAML"; expected YAML: ' },
])('a policy file says what is wrong: $yaml', ({ yaml, want }) => {
  const read = readPolicyFile(yaml, 'p.yaml');
  expect(read.ok ? '' : faultLine(read.faults[0]!)).toContain(want);
});
