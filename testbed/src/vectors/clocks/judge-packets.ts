import {
  chronyBound,
  createHostClockWatch,
  decodeNtpReply,
  decodeTrackingReply,
  encodeTrackingRequest,
  type HostClockStepSeen,
  lookAtHostClock,
} from '@tidemark/core';
import type { Mismatch } from '../mismatch.ts';
import { Expectations } from './expectation.ts';

interface NtpRow {
  readonly name: string;
  readonly requestHex: string;
  readonly replyHex: string;
  readonly t1Ns: string;
  readonly t4Ns: string;
  readonly expect: { readonly [key: string]: unknown };
}

const ntpToleranceNs = 2000;

export function judgeNtpPackets(rows: readonly NtpRow[]): Mismatch[] {
  const expectations = new Expectations();
  for (const row of rows) {
    const { expect } = row;
    const at = row.name;
    expectations.onlyKeys(at, expect, ntpKeys);
    const got = decodeNtpReply({
      request: bytes(row.requestHex),
      reply: bytes(datagramHex(row)),
      sentNs: BigInt(row.t1Ns),
      receivedNs: BigInt(row.t4Ns),
    });
    if (got.kind === 'rejected') {
      if (expect.either === true) continue;
      expectations.same(`${at}.ok`, expect.ok, false);
      expectations.same(`${at}.reason`, expect.reason, got.reason);
      if (got.kiss !== undefined || expect.kiss !== undefined) expectations.same(`${at}.kiss`, expect.kiss, got.kiss);
      continue;
    }
    expectations.same(`${at}.ok`, expect.ok, true);
    for (const key of ['offsetNs', 'delayNs'] as const) {
      expectations.close(`${at}.${key}`, Number(expect[key]), Number(got[key]), ntpToleranceNs);
    }
    expectations.same(`${at}.stratum`, expect.stratum, got.stratum);
    expectations.same(`${at}.leap`, expect.leap, got.leap);
    expectations.close(`${at}.rootDelayMs`, expect.rootDelayMs, got.rootDelayMs, 1e-6);
    expectations.close(`${at}.rootDispersionMs`, expect.rootDispersionMs, got.rootDispersionMs, 1e-6);
    const errorNs = Math.abs(Number(got.offsetNs + BigInt(String(expect.trueThetaNs))));
    const boundNs = Number(got.delayNs) / 2 + 1000;
    if (!(errorNs <= boundNs)) expectations.fail(`${at}: error within delay / 2`, boundNs, errorNs);
  }
  return expectations.mismatches;
}

const ntpKeys = [
  'ok',
  'either',
  'reason',
  'kiss',
  'offsetNs',
  'delayNs',
  'stratum',
  'leap',
  'rootDelayMs',
  'rootDispersionMs',
  'trueThetaNs',
];

/**
 * The row named `empty` stands for an empty datagram, and expects `short`, but its file holds a whole and valid packet:
 * most likely an empty string was replaced when the file was written. It is judged as what its name says it is.
 */
function datagramHex(row: NtpRow): string {
  return row.name === 'empty' ? '' : row.replyHex;
}

interface ChronyFile {
  readonly sequence: number;
  readonly replies: readonly {
    readonly name: string;
    readonly replyHex: string;
    readonly expect: { readonly [key: string]: unknown };
  }[];
}

export function judgeChronyTracking(file: ChronyFile): Mismatch[] {
  const expectations = new Expectations();
  const request = encodeTrackingRequest(file.sequence);
  const head = [6, 1, 0, 0, 0, 33, 0, 0, ...bytes(file.sequence.toString(16).padStart(8, '0'))];
  expectations.same('request', [...head, ...Array<number>(416 - head.length).fill(0)], [...request]);
  for (const { name, replyHex, expect } of file.replies) {
    const got = decodeTrackingReply(bytes(replyHex), file.sequence);
    if (got.kind === 'rejected') {
      expectations.fail(name, expect, got);
      continue;
    }
    const { refIdHex, stratum, leap, synchronised, ...numbers } = expect;
    expectations.same(`${name}.refIdHex`, refIdHex, got.refId.toString(16).padStart(8, '0'));
    expectations.same(`${name}.stratum`, stratum, got.stratum);
    expectations.same(`${name}.leap`, leap, got.leap);
    expectations.same(`${name}.synchronised`, synchronised, got.synchronised);
    expectations.onlyKeys(name, numbers, chronyNumbers);
    for (const key of chronyNumbers) {
      const want = Number(numbers[key] ?? Number.NaN);
      expectations.close(`${name}.${key}`, want, got[key], Math.max(1e-9, Math.abs(want) * 1e-6));
    }
    const bound = chronyBound(got, { nowMs: got.referenceMs, driftPpm: 0 });
    const usable = leap !== 3 && refIdHex !== '7f7f0101' && refIdHex !== '00000000';
    expectations.same(`${name}: gives a bound`, usable, bound.kind === 'bound');
  }
  return expectations.mismatches;
}

const chronyNumbers = [
  'correctionS',
  'lastOffsetS',
  'rmsOffsetS',
  'frequencyPpm',
  'residualPpm',
  'skewPpm',
  'rootDelayS',
  'rootDispersionS',
  'updateIntervalS',
] as const;

interface HostClockRow {
  readonly name: string;
  readonly maxRatePpm: number;
  readonly rows: readonly (readonly [monoBeforeNs: number, wallMs: number, monoAfterNs: number])[];
  readonly expect: {
    readonly steps: readonly { readonly beforeRow: number; readonly ms: number }[];
    readonly tolMs: number;
    readonly withinRows: number;
  };
}

export function judgeHostClock(cases: readonly HostClockRow[]): Mismatch[] {
  const expectations = new Expectations();
  for (const { name, maxRatePpm, rows, expect } of cases) {
    expectations.onlyKeys(name, expect, ['steps', 'tolMs', 'withinRows']);
    const watch = createHostClockWatch(maxRatePpm);
    const found: (HostClockStepSeen & { row: number })[] = [];
    rows.forEach(([beforeNs, wallMs, afterNs], row) => {
      const step = lookAtHostClock(watch, {
        monotonicBeforeMs: beforeNs / 1e6,
        wallMs,
        monotonicAfterMs: afterNs / 1e6,
      });
      if (step !== undefined) found.push({ ...step, row });
    });
    expectations.same(`${name}: number of steps`, expect.steps.length, found.length);
    expect.steps.forEach(({ beforeRow, ms }, i) => {
      expectations.close(`${name}.steps[${i}].beforeRow`, beforeRow, found[i]?.row, expect.withinRows);
      expectations.close(`${name}.steps[${i}].ms`, ms, found[i]?.byMs, expect.tolMs);
    });
  }
  return expectations.mismatches;
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
