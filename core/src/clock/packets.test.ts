import { expect, test } from 'vitest';
import { chronyBound, decodeTrackingReply, encodeTrackingRequest } from './chrony-packet.ts';
import { clockBoundErrorMs, decodeClockBoundPage } from './clock-bound-page.ts';
import { createHostClockWatch, lookAtHostClock } from './host-watch.ts';
import { decodeNtpReply, encodeNtpRequest } from './ntp-packet.ts';

// What real servers and daemons answered is in testdata/clocks; here is what they did not.

const secondNs = 1_000_000_000n;
const cookie = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function ntpReply(change: (view: DataView) => void): ReturnType<typeof decodeNtpReply> {
  const reply = new Uint8Array(48);
  const view = new DataView(reply.buffer);
  view.setUint8(0, 0x24);
  view.setUint8(1, 2);
  reply.set(cookie, 24);
  for (const at of [16, 32, 40]) view.setBigUint64(at, (4_000_000_000n << 32n) + (at === 16 ? 0n : 1n << 31n));
  change(view);
  const sentNs = (4_000_000_000n - 2_208_988_800n) * secondNs + secondNs / 2n;
  return decodeNtpReply({ request: encodeNtpRequest(cookie), reply, sentNs, receivedNs: sentNs + 4_000_000n });
}

test.for([
  {
    why: 'version 0 is noise',
    change: (v: DataView) => v.setUint8(0, 0x04),
    want: { kind: 'rejected', reason: 'version' },
  },
  {
    why: 'a reply without a reference time is a reply',
    change: (v: DataView) => v.setBigUint64(16, 0n),
    want: { kind: 'sample', offsetNs: -2_000_000n, delayNs: 4_000_000n },
  },
  {
    why: 'a root distance of 16 s is no bound',
    change: (v: DataView) => v.setUint32(8, 16 << 16),
    want: { kind: 'rejected', reason: 'root-distance' },
  },
  {
    why: 'a forged kiss does not silence',
    change: (v: DataView) => [v.setUint8(1, 0), v.setUint8(24, 9)],
    want: { kind: 'rejected', reason: 'origin' },
  },
])('NTP: $why', ({ change, want }) => expect(ntpReply(change)).toMatchObject(want));

function chronyReply(change: (view: DataView) => void): Uint8Array {
  const reply = new Uint8Array(104);
  const view = new DataView(reply.buffer);
  view.setUint8(0, 6);
  view.setUint8(1, 2);
  view.setUint16(4, 33);
  view.setUint16(6, 5);
  view.setUint32(16, 77);
  view.setUint32(28, 0x0a00_0001);
  view.setUint32(60, 1_790_000_000);
  change(view);
  return reply;
}

test.for([
  { why: 'another protocol', change: (v: DataView) => v.setUint8(0, 5), want: 'version' },
  { why: 'an echo of the request', change: (v: DataView) => v.setUint8(1, 1), want: 'not-a-reply' },
  { why: 'the answer to another request', change: (v: DataView) => v.setUint32(16, 78), want: 'sequence' },
  { why: 'a daemon that does not allow us', change: (v: DataView) => v.setUint16(8, 2), want: 'refused' },
])('chrony: no reading from $why', ({ change, want }) => {
  expect(decodeTrackingReply(chronyReply(change), 77)).toEqual({ kind: 'rejected', reason: want });
});

test('chrony: the request is as large as any reply', () => expect(encodeTrackingRequest(1)).toHaveLength(416));

test('chrony: the bound grows with the age of its last measurement', () => {
  const tracking = decodeTrackingReply(
    chronyReply(() => undefined),
    77,
  );
  if (tracking.kind !== 'tracking') throw new Error('a tracking reply');
  const offsets = [0, 100_000].map((ageMs) =>
    chronyBound(tracking, { nowMs: 1_790_000_000_000 + ageMs, driftPpm: 50 }),
  );
  expect(offsets).toMatchObject([
    { ageMs: 0, offset: { lowMs: 0, highMs: 0 } },
    { ageMs: 100_000, offset: { lowMs: -5, highMs: 5 } },
  ]);
});

function clockBoundPage(change: (view: DataView) => void = () => undefined): Uint8Array {
  const page = new Uint8Array(80);
  const view = new DataView(page.buffer);
  view.setUint32(0, 0x414d_5a4e, true);
  view.setUint32(4, 0x4342_0200, true);
  view.setUint32(8, 80, true);
  view.setUint16(12, 2, true);
  view.setUint16(14, 4, true);
  view.setBigInt64(16, 500n, true);
  view.setBigInt64(32, 1500n, true);
  view.setBigInt64(48, 250_000n, true);
  view.setUint32(64, 50_000, true);
  view.setInt32(68, 1, true);
  change(view);
  return page;
}

test('ClockBound: half a millisecond off, and more with age', () => {
  const page = decodeClockBoundPage(clockBoundPage());
  if (page.kind !== 'page') throw new Error(page.reason);
  const errors = [500_000, 600_000, 1_500_001].map((monotonicMs) =>
    clockBoundErrorMs(page, { monotonicMs, driftPpm: 50 }),
  );
  expect(errors).toEqual([0.25, 5.25, undefined]);
});

test.for([
  { why: 'another file', change: (v: DataView) => v.setUint32(0, 0, true), want: /no ClockBound page/ },
  { why: 'a layout of the future', change: (v: DataView) => v.setUint16(12, 9, true), want: /version 9/ },
  { why: 'a daemon that has just started', change: (v: DataView) => v.setUint16(14, 0, true), want: /not written yet/ },
  { why: 'a page half written', change: (v: DataView) => v.setUint16(14, 5, true), want: /being written/ },
  { why: 'a machine that was moved', change: (v: DataView) => v.setInt32(68, 3, true), want: /disrupted/ },
  {
    why: 'a clock that nobody disciplines',
    change: (v: DataView) => v.setInt32(68, 0, true),
    want: /not synchronised/,
  },
])('ClockBound: unbounded by $why', ({ change, want }) => {
  expect(decodeClockBoundPage(clockBoundPage(change))).toMatchObject({
    kind: 'unbounded',
    reason: expect.stringMatching(want),
  });
});

test('host clock: two steps that follow each other at once are both told, with their epochs', () => {
  const watch = createHostClockWatch();
  const found = [];
  for (let second = 0; second < 30; second++) {
    const wallMs = 1_790_000_000_000 + second * 1000 + (second >= 10 ? 700 : 0) + (second >= 11 ? -200 : 0);
    // The look right after the first step is blurred by a pause of 60 ms.
    const pauseMs = second === 10 ? 60 : 0.01;
    const step = lookAtHostClock(watch, {
      monotonicBeforeMs: second * 1000 + 0.4,
      wallMs,
      monotonicAfterMs: second * 1000 + 0.4 + pauseMs,
    });
    if (step !== undefined) found.push(step);
  }
  expect(found.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(found[0]!.byMs + found[1]!.byMs).toBeCloseTo(500, -1);
  expect(watch.epoch).toBe(2);
});

/** Looks each 200 ms at a clock whose offset to the monotonic one is a function of the look's number. */
function stepsOf(offsetMs: (look: number) => number, looks = range(100)): { byMs: number; epoch: number }[] {
  const watch = createHostClockWatch();
  return looks
    .map((i) => {
      const monotonicMs = i * 200.13;
      const wallMs = Math.floor(1_790_000_000_000.4 + monotonicMs + offsetMs(i));
      return lookAtHostClock(watch, { monotonicBeforeMs: monotonicMs, wallMs, monotonicAfterMs: monotonicMs + 0.01 });
    })
    .filter((step) => step !== undefined);
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

test.for([
  {
    why: 'a slew of 100 ms at 83 333 ppm is no step',
    offsetMs: (i: number) => Math.min(100, Math.max(0, (i - 40) * 16.7)),
    want: [],
  },
  { why: 'nor is one back', offsetMs: (i: number) => -Math.min(100, Math.max(0, (i - 40) * 16.7)), want: [] },
  {
    why: 'a step of as much as one look of a slew is one',
    offsetMs: (i: number) => (i > 40 ? 16 : 0),
    want: [[16, 1]],
  },
  {
    why: 'a step in the middle of a slew is one',
    offsetMs: (i: number) => Math.min(100, Math.max(0, (i - 40) * 16.7)) + (i > 43 ? 500 : 0),
    want: [[500, 1]],
  },
  {
    why: 'steps there and back have two epochs',
    offsetMs: (i: number) => (i > 40 && i < 70 ? -60 : 0),
    want: [
      [-60, 1],
      [60, 2],
    ],
  },
])('host clock: $why', ({ offsetMs, want }) => {
  const found = stepsOf(offsetMs);
  expect(found.map(({ epoch }) => epoch)).toEqual(want.map(([, epoch]) => epoch));
  // A step inside a slew is told with what the slew added meanwhile.
  for (const [i, { byMs }] of found.entries()) expect(Math.abs(byMs - want[i]![0]!)).toBeLessThan(20);
});

test('host clock: a slew is no step, however close to each other looks are while it begins and ends', () => {
  const slewed = (i: number): number => -Math.min(100, Math.max(0, (i - 40) * 16.7));
  // As NTP requests make them: some at once, a fraction of a millisecond apart, at any time.
  for (let from = 39.8; from < 48; from += 0.013) {
    const burst = range(40).map((i) => from + i * 0.003);
    const looks = [...range(100), ...burst].sort((a, b) => a - b);
    expect(stepsOf(slewed, looks), `a burst at ${from}`).toEqual([]);
  }
});
