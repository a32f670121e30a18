/**
 * SNTP packets (RFC 5905, 48 bytes), without a socket: the request, and what a reply says or why it must not be believed.
 *
 * The obvious client puts its time into the request and takes whatever comes back. It then trusts anybody who can send a
 * datagram, and a server that says that it has no time. So the request's transmit field is a random cookie that the reply
 * must return, both client stamps stay at home, and every field that can disown a reply is looked at. Seconds on the wire
 * wrap in 2036: the era is the one nearest to the client's own clock, which may thus be wrong by up to 68 years.
 */

export const ntpPacketBytes = 48;

/** Why a reply is not a reading, in the order in which it is looked at. */
export type NtpRejection =
  | 'short'
  | 'mode'
  | 'version'
  | 'origin'
  | 'kiss-of-death'
  | 'unsynchronised'
  | 'zero-timestamp'
  | 'server-order'
  | 'root-distance'
  | 'reference-time'
  | 'negative-delay';

export interface NtpSample {
  readonly kind: 'sample';
  /** Server − client: the client's clock is ahead by its negative. In nanoseconds. */
  readonly offsetNs: bigint;
  /** Round trip without the server's own time. */
  readonly delayNs: bigint;
  readonly stratum: number;
  /** 1 or 2: the day ends with a leap second. */
  readonly leap: number;
  readonly rootDelayMs: number;
  readonly rootDispersionMs: number;
}

export interface NtpRejected {
  readonly kind: 'rejected';
  readonly reason: NtpRejection;
  /** Four letters of a kiss-o'-death, such as `RATE`. */
  readonly kiss?: string;
}

export interface NtpExchange {
  readonly request: Uint8Array;
  readonly reply: Uint8Array;
  /** The client's clock when the request left, and when the reply came, in nanoseconds since 1970. */
  readonly sentNs: bigint;
  readonly receivedNs: bigint;
}

/** A client request of version 4 that tells nothing of the client. `cookie` is 8 random bytes. */
export function encodeNtpRequest(cookie: Uint8Array): Uint8Array {
  const packet = new Uint8Array(ntpPacketBytes);
  packet[0] = 0x23;
  packet.set(cookie.subarray(0, 8), 40);
  return packet;
}

export function decodeNtpReply(exchange: NtpExchange): NtpSample | NtpRejected {
  const { request, reply } = exchange;
  if (reply.length < ntpPacketBytes) return rejected('short');
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  const head = view.getUint8(0);
  const version = (head >> 3) & 7;
  const leap = head >> 6;
  const stratum = view.getUint8(1);
  if ((head & 7) !== 4) return rejected('mode');
  if (version < 1 || version > 4) return rejected('version');
  // Before the kiss: else anybody could silence a client with forged kisses.
  if (!sameBytes(reply.subarray(24, 32), request.subarray(40, 48))) return rejected('origin');
  if (stratum === 0) return { kind: 'rejected', reason: 'kiss-of-death', kiss: ascii(reply.subarray(12, 16)) };
  if (leap === 3 || stratum >= 16) return rejected('unsynchronised');

  const reference = view.getBigUint64(16);
  const receive = view.getBigUint64(32);
  const transmit = view.getBigUint64(40);
  if (receive === 0n || transmit === 0n) return rejected('zero-timestamp');
  if (BigInt.asIntN(64, transmit - receive) < 0n) return rejected('server-order');
  const rootDelayMs = shortFormatMs(view.getUint32(4));
  const rootDispersionMs = shortFormatMs(view.getUint32(8));
  if (rootDelayMs / 2 + rootDispersionMs >= maxRootDistanceMs) return rejected('root-distance');
  if (reference !== 0n && BigInt.asIntN(64, reference - transmit) > 0n) return rejected('reference-time');

  const receiveNs = nearestEraNs(receive, exchange.sentNs);
  const transmitNs = nearestEraNs(transmit, exchange.sentNs);
  const delayNs = exchange.receivedNs - exchange.sentNs - (transmitNs - receiveNs);
  if (delayNs < -roundingNs) return rejected('negative-delay');
  const offsetNs = (receiveNs - exchange.sentNs + (transmitNs - exchange.receivedNs)) / 2n;
  return { kind: 'sample', offsetNs, delayNs, stratum, leap, rootDelayMs, rootDispersionMs };
}

/** MAXDISP of RFC 5905: a server so far from its reference is as good as none. */
const maxRootDistanceMs = 16_000;

/** A round trip can come out below zero by the rounding of four stamps, never by more. */
const roundingNs = 2_000n;

const nsPerSecond = 1_000_000_000n;
const eraNs = (1n << 32n) * nsPerSecond;
/** From 1900, where the first era starts, to 1970. */
const unixEpochNs = 2_208_988_800n * nsPerSecond;

function nearestEraNs(stamp: bigint, nearNs: bigint): bigint {
  const inEraNs = (stamp >> 32n) * nsPerSecond + (((stamp & 0xffff_ffffn) * nsPerSecond) >> 32n);
  const distanceNs = inEraNs - unixEpochNs - nearNs;
  const wrapped = ((distanceNs % eraNs) + eraNs) % eraNs;
  return nearNs + (wrapped >= eraNs / 2n ? wrapped - eraNs : wrapped);
}

function shortFormatMs(value: number): number {
  return (value / 65_536) * 1000;
}

function rejected(reason: NtpRejection): NtpRejected {
  return { kind: 'rejected', reason };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.filter((byte) => byte >= 0x20 && byte < 0x7f));
}
