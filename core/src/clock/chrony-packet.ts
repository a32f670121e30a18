/**
 * chrony's monitoring protocol, version 6, without a socket: the tracking request and its reply. It is what `chronyc
 * tracking` speaks; no library for it exists here.
 *
 * Traps: a daemon that never synchronised answers with a correction of 0 and a delay and dispersion of one second, which
 * looks like a bound of ±1.5 s; one that serves its own local clock answers with an error of 0. Neither is a bound, so
 * `chronyBound` looks at leap and reference id first. chrony lets its dispersion grow by only 1 ppm a second by default,
 * an estimate and no promise: the caller ages the bound by its own.
 */
import type { Interval } from '../interval.ts';

/** The request is padded to the size of the largest reply, so that nobody can use the daemon to amplify traffic. */
export const chronyRequestBytes = 416;
const replyBytes = 104;
const trackingCommand = 33;

export interface ChronyTracking {
  readonly kind: 'tracking';
  readonly refId: number;
  readonly stratum: number;
  readonly leap: number;
  /** Time of the last measurement, by the daemon's corrected clock. */
  readonly referenceMs: number;
  /** > 0: the system clock is behind and will be moved forward by so much. */
  readonly correctionS: number;
  readonly lastOffsetS: number;
  readonly rmsOffsetS: number;
  /** > 0: the clock would run fast without correction. */
  readonly frequencyPpm: number;
  readonly residualPpm: number;
  readonly skewPpm: number;
  readonly rootDelayS: number;
  readonly rootDispersionS: number;
  readonly updateIntervalS: number;
  /** Not alarmed (leap 3). A daemon in `local` mode counts itself as synchronised: ask `chronyBound`. */
  readonly synchronised: boolean;
}

export interface ChronyRejected {
  readonly kind: 'rejected';
  readonly reason: 'short' | 'version' | 'not-a-reply' | 'sequence' | 'refused';
}

export function encodeTrackingRequest(sequence: number): Uint8Array {
  const packet = new Uint8Array(chronyRequestBytes);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 6);
  view.setUint8(1, 1);
  view.setUint16(4, trackingCommand);
  view.setUint32(8, sequence);
  return packet;
}

export function decodeTrackingReply(reply: Uint8Array, sequence: number): ChronyTracking | ChronyRejected {
  if (reply.length < 28) return rejected('short');
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  if (view.getUint8(0) !== 6) return rejected('version');
  if (view.getUint8(1) !== 2 || view.getUint16(4) !== trackingCommand) return rejected('not-a-reply');
  if (view.getUint32(16) !== sequence) return rejected('sequence');
  // Reply code 5 is "tracking", status 0 is "success": a daemon that does not allow us says so here.
  if (view.getUint16(6) !== 5 || view.getUint16(8) !== 0) return rejected('refused');
  if (reply.length < replyBytes) return rejected('short');
  const leap = view.getUint16(54);
  return {
    kind: 'tracking',
    refId: view.getUint32(28),
    stratum: view.getUint16(52),
    leap,
    referenceMs: timespecMs(view, 56),
    correctionS: chronyFloat(view.getUint32(68)),
    lastOffsetS: chronyFloat(view.getUint32(72)),
    rmsOffsetS: chronyFloat(view.getUint32(76)),
    frequencyPpm: chronyFloat(view.getUint32(80)),
    residualPpm: chronyFloat(view.getUint32(84)),
    skewPpm: chronyFloat(view.getUint32(88)),
    rootDelayS: chronyFloat(view.getUint32(92)),
    rootDispersionS: chronyFloat(view.getUint32(96)),
    updateIntervalS: chronyFloat(view.getUint32(100)),
    synchronised: leap !== 3,
  };
}

export type ChronyBound =
  | { readonly kind: 'bound'; readonly offset: Interval; readonly ageMs: number }
  | { readonly kind: 'unbounded'; readonly reason: 'not synchronised' | 'its own local clock' };

/**
 * How far the system clock is ahead of true time, if the daemon can say it. `nowMs` is the system clock at the reply. The
 * dispersion counts from the last measurement; since then the clock may have drifted by `driftPpm`.
 */
export function chronyBound(
  tracking: ChronyTracking,
  by: { readonly nowMs: number; readonly driftPpm: number },
): ChronyBound {
  if (!tracking.synchronised || tracking.refId === 0) return { kind: 'unbounded', reason: 'not synchronised' };
  if (tracking.refId === localRefId) return { kind: 'unbounded', reason: 'its own local clock' };
  const offsetMs = 0 - tracking.correctionS * 1000;
  const ageMs = Math.max(0, by.nowMs - offsetMs - tracking.referenceMs);
  const rootMs = (tracking.rootDelayS / 2 + tracking.rootDispersionS) * 1000;
  const errorMs = rootMs + (ageMs * by.driftPpm) / 1e6;
  return { kind: 'bound', offset: { lowMs: offsetMs - errorMs, highMs: offsetMs + errorMs }, ageMs };
}

/** 127.127.1.1, by which a daemon names its own clock (`local stratum N`). */
const localRefId = 0x7f7f_0101;

/** Seven bits of signed exponent, 25 of signed coefficient: coefficient × 2^(exponent − 25). */
function chronyFloat(bits: number): number {
  const exponent = bits >> 25;
  const coefficient = (bits << 7) >> 7;
  return coefficient * 2 ** (exponent - 25);
}

function timespecMs(view: DataView, at: number): number {
  const highS = view.getUint32(at);
  // Daemons whose time is 32 bits wide say so with all ones.
  const eraS = highS === 0x7fff_ffff ? 0 : highS * 2 ** 32;
  return (eraS + view.getUint32(at + 4)) * 1000 + view.getUint32(at + 8) / 1e6;
}

function rejected(reason: ChronyRejected['reason']): ChronyRejected {
  return { kind: 'rejected', reason };
}
