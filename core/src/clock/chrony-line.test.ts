import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeTrackingLine } from './chrony-line.ts';
import { decodeTrackingReply } from './chrony-packet.ts';

// Real daemons answered both ways, one a moment after the other.

interface Answered {
  readonly name: string;
  readonly replyHex: string;
  readonly chronycCsvAMomentLater: string;
}

const file = new URL('../../../testdata/clocks/chrony-tracking.json.gz', import.meta.url);
const recorded = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
  readonly sequence: number;
  readonly replies: readonly Answered[];
};

test.for(recorded.replies)('$name: the line says what the packet says', ({ replyHex, chronycCsvAMomentLater }) => {
  const packet = decodeTrackingReply(Buffer.from(replyHex, 'hex'), recorded.sequence);
  const line = decodeTrackingLine(`${chronycCsvAMomentLater}\n`);
  if (packet.kind !== 'tracking' || line.kind !== 'tracking') throw new Error('two tracking replies');
  for (const key of ['refId', 'stratum', 'leap', 'synchronised'] as const) expect(line[key]).toBe(packet[key]);
  // A moment later by a clock that may be 500 ppm off; digits beyond the ninth are not printed.
  expect(Math.abs(line.correctionS - packet.correctionS)).toBeLessThan(1e-4);
  expect(Math.abs(line.referenceMs - packet.referenceMs)).toBeLessThan(1_000);
  for (const key of ['rootDelayS', 'rootDispersionS', 'updateIntervalS'] as const)
    expect(Math.abs(line[key] - packet[key])).toBeLessThan(0.1);
  expect(Math.abs(line.frequencyPpm - packet.frequencyPpm)).toBeLessThan(1);
});

test.for([
  { why: 'the daemon is away', line: '506 Cannot talk to daemon', want: 'not-a-reply' },
  { why: 'the daemon does not allow us', line: '501 Not authorised', want: 'refused' },
  { why: 'another command answered', line: 'S,*,10.0.0.1,1,6', want: 'short' },
  { why: 'a leap that nobody knows', line: '7F000001,,1,0,0,0,0,0,0,0,0,0,0,Leaping', want: 'not-a-reply' },
  { why: 'words where numbers are', line: '7F000001,,1,now,0,0,0,0,0,0,0,0,0,Normal', want: 'not-a-reply' },
])('no reading where $why', ({ line, want }) =>
  expect(decodeTrackingLine(line)).toEqual({ kind: 'rejected', reason: want }),
);
