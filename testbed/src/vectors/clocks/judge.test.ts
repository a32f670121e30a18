import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { judgeClockFile } from './judge.ts';

const folder = new URL('../../../../testdata/clocks/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json.gz'));

function read(name: string): never {
  return JSON.parse(gunzipSync(readFileSync(new URL(name, folder))).toString('utf8')) as never;
}

test('there are vectors of every kind', () => {
  for (const kind of [
    'attr',
    'bounds',
    'drift',
    'liar',
    'step',
    'use',
    'ntp-packets',
    'chrony-tracking',
    'host-clock',
    'real-kafka',
  ]) {
    expect(
      files.some((name) => name.startsWith(kind)),
      kind,
    ).toBe(true);
  }
});

test.for(files)('%s passes', (name) => {
  expect(judgeClockFile(name, read(name))).toEqual([]);
});

/** What a judge that looks away would let through. */
const spoiled: readonly { why: string; file: string; spoil: (content: never) => void }[] = [
  {
    why: 'a bound moved by a millisecond',
    file: 'bounds-02-cloud-all-agents',
    spoil: (c: Any) => (c.expect.bounds[7].lo += 1),
  },
  {
    why: 'a bound that cannot be proved',
    file: 'bounds-03-wan-no-producer-agent',
    spoil: (c: Any) => (c.expect.bounds[0].hi = 900),
  },
  { why: 'a bound that is proved', file: 'bounds-00-by-hand', spoil: (c: Any) => (c.expect.bounds[1].hi = null) },
  {
    why: 'a truth outside the bound',
    file: 'bounds-01-lan-some-agents',
    spoil: (c: Any) => (c.expect.bounds[3].theta += 50),
  },
  {
    why: 'a host that is not there',
    file: 'bounds-03-wan-no-producer-agent',
    spoil: (c: Any) => (c.expect.bounds[0].host = 'p99'),
  },
  {
    why: 'a record at another time',
    file: 'bounds-08-rare-records',
    spoil: (c: Any) => (c.expect.records[2].c[0] -= 2),
  },
  { why: 'feasible, though it is not', file: 'liar-02-producer-ahead', spoil: (c: Any) => (c.expect.feasible = true) },
  { why: 'another liar', file: 'liar-02-producer-ahead', spoil: (c: Any) => (c.expect.liars = ['p2']) },
  { why: 'one suspect of two', file: 'liar-08-one-against-one', spoil: (c: Any) => c.expect.suspects.pop() },
  {
    why: 'a lie that nobody can see',
    file: 'liar-06-producer-behind',
    spoil: (c: Any) => (c.expect.detectable = true),
  },
  {
    why: 'another drift',
    file: 'drift-09-cloud-5min-fast',
    spoil: (c: Any) => (c.expect.drift[0].relativeToBrokerPpm = 420),
  },
  {
    why: 'the drift of another sign',
    file: 'drift-02-cloud-5min',
    spoil: (c: Any) => (c.expect.drift[0].relativeToBrokerPpm *= -1),
  },
  { why: 'a step of another size', file: 'step-01-ahead-500-fast', spoil: (c: Any) => (c.expect.steps[0].ms += 10) },
  {
    why: 'a step at another time',
    file: 'step-01-ahead-500-fast',
    spoil: (c: Any) => (c.expect.steps[0].atBrokerMs += 60_000),
  },
  { why: 'no step', file: 'step-02-back-500-fast', spoil: (c: Any) => (c.expect.steps = []) },
  {
    why: 'a step where none was',
    file: 'step-10-none-lan',
    spoil: (c: Any) =>
      c.expect.steps.push({ stream: 's0', producer: 'p0', atBrokerMs: 300_000, ms: 50, tolMs: 3, withinMs: 60_000 }),
  },
  { why: 'no floor shift', file: 'step-13-linger-raised', spoil: (c: Any) => delete c.expect.floorShift },
  { why: 'another host stepped', file: 'attr-01-producer-ahead', spoil: (c: Any) => (c.expect.stepHost.host = 'p0') },
  {
    why: 'a broker stepped instead',
    file: 'attr-01-producer-ahead',
    spoil: (c: Any) => (c.expect.stepHost.role = 'broker'),
  },
  { why: 'another use', file: 'use-01-many', spoil: (c: Any) => (c.expect.use[5].use = 'clock') },
  { why: 'a use that is missing', file: 'use-01-many', spoil: (c: Any) => c.expect.use.pop() },
  { why: 'another reason', file: 'ntp-packets', spoil: (c: Any) => (c[15].expect.reason = 'origin') },
  { why: 'a forged reply taken for true', file: 'ntp-packets', spoil: (c: Any) => (c[21].expect.ok = true) },
  { why: 'another offset', file: 'ntp-packets', spoil: (c: Any) => (c[0].expect.offsetNs = '25789725') },
  { why: 'another correction', file: 'chrony-tracking', spoil: (c: Any) => (c.replies[2].expect.correctionS += 0.001) },
  {
    why: 'a host clock that stepped',
    file: 'host-clock',
    spoil: (c: Any) => c[0].expect.steps.push({ beforeRow: 20, ms: 50 }),
  },
  { why: 'a host clock that did not', file: 'host-clock', spoil: (c: Any) => c[7].expect.steps.pop() },
  {
    why: 'another drift of a real producer',
    file: 'real-kafka',
    spoil: (c: Any) => (c.streams[0].expect.driftPpm = -500),
  },
  { why: 'an unknown expectation', file: 'drift-02-cloud-5min', spoil: (c: Any) => (c.expect.weather = 'fine') },
  { why: 'an unknown kind', file: 'drift-02-cloud-5min', spoil: (c: Any) => (c.kind = 'weather') },
  { why: 'no content to speak of', file: 'drift-02-cloud-5min', spoil: (c: Any) => delete c.records },
];
// biome-ignore lint/suspicious/noExplicitAny: the point is to write what the types forbid.
type Any = any;

test.for(spoiled)('a copy fails that expects $why', ({ file, spoil }) => {
  const content = read(`${file}.json.gz`);
  spoil(content);
  expect(judgeClockFile(file, content)).not.toEqual([]);
});
