import { describe, expect, test } from 'vitest';
import type { Claimant } from '../clock/liar.ts';
import type { KnownClock } from './known-clock.ts';
import * as words from './words.ts';

const server = (name: string): Claimant => ({ kind: 'server', server: name });
const clock = (readings: KnownClock['readings']): KnownClock => ({
  id: 'host web-1',
  name: 'web-1',
  role: 'host',
  low: { basis: 'unknown' },
  high: { basis: 'unknown' },
  seenAtMs: 0,
  ...(readings === undefined ? {} : { readings }),
  grade: { oneMs: 'unknown' },
  isSuspect: false,
});

describe('who contradicts whom', () => {
  test.for([
    {
      why: 'one against one',
      suspects: [[server('a')], [server('b')]],
      want: 'a or b is wrong by 2.5 s or more, and nothing tells which: none of their readings is believed.',
    },
    {
      why: 'who is in every set that explains it is wrong for sure',
      suspects: [
        [server('a'), server('c')],
        [server('b'), server('c')],
      ],
      want: 'c is wrong, and so is a or b, and nothing tells which of these: they contradict each other by 2.5 s or more, and none of their readings is believed.',
    },
  ])('$why', ({ suspects, want }) =>
    expect(words.contradiction({ kind: 'ambiguous', suspects, cycle: [], byMs: 2_500 })).toBe(want),
  );
});

describe('a host without a source is told what to do there', () => {
  const tail = 'Until then nothing says how wrong its clock may be, and the smallest grace in use is 2 s.';
  test.for([
    {
      why: 'nothing runs there',
      trouble: 'no chrony on 127.0.0.1:323',
      want: `web-1 has no clock source (no chrony on 127.0.0.1:323): set TIDEMARK_NTP_SERVERS or run chrony. ${tail}`,
    },
    {
      why: 'chrony runs there: to run it is no cure',
      trouble: 'chrony 127.0.0.1:323: not synchronised',
      want: `web-1 has no clock source (chrony 127.0.0.1:323: not synchronised): look at "chronyc sources" there, or set TIDEMARK_NTP_SERVERS. ${tail}`,
    },
  ])('$why', ({ trouble, want }) => {
    const sources = [{ name: 'chrony 127.0.0.1:323', trouble }];
    expect(words.sourceMissing(clock({ source: `none (${trouble})`, sources }), { graceMs: 2_000 })).toBe(want);
  });
});

test('a clock that is further off than a policy forgives: whom it costs records', () => {
  expect(words.off('web-1', { byMs: -3_000, graceMs: 2_000 })).toBe(
    "web-1's clock is at least 3 s behind true time, which is proved, and the smallest grace in use is 2 s: where its stamps are event times, its own records come too late.",
  );
});

describe('a source that gives nothing', () => {
  test.for([
    {
      why: 'what never gave anything was not lost',
      evidence: { reason: '10.0.0.1:123 does not answer' },
      want: 'web-1 gets no answer from a clock source (10.0.0.1:123 does not answer): nothing says how wrong its clock may be.',
    },
    {
      why: 'one that did: how old what is known is',
      evidence: { reason: 'no chrony on 127.0.0.1:323', lastReadingAgeMs: 59_000 },
      want: 'web-1 has lost a clock source (no chrony on 127.0.0.1:323): it was last read 59 s ago, and its bound grows by 50 ppm of that until it is read again.',
    },
  ])('$why', ({ evidence, want }) => expect(words.sourceLost('web-1', evidence, [])).toBe(want));
});
