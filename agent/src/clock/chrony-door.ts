import { randomInt } from 'node:crypto';
import { type ChronyTracking, decodeTrackingReply, encodeTrackingRequest } from '@tidemark/core';
import { type Address, connectPeer, type Peer } from './datagram.ts';

/** One way to ask a chronyd for its tracking. */
export interface ChronyDoor {
  /** Such as `chrony 127.0.0.1:323`. */
  readonly name: string;
  ask(): Promise<ChronyAnswer>;
  close(): void;
}

/** `silence`: nobody is there, or nobody answers. `refused`: somebody is, and does not allow us. */
export type ChronyAnswer =
  | ChronyTracking
  | { readonly kind: 'silence'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

export const chronyTimeoutMs = 1_000;

/** The monitoring port. */
export function createChronyPort(address: Address): ChronyDoor {
  const where = `${address.host}:${address.port}`;
  const name = `chrony ${where}`;
  const silence: ChronyAnswer = { kind: 'silence', reason: `no chrony on ${where}` };
  let peer: Peer | undefined;
  const close = (): void => {
    peer?.close();
    peer = undefined;
  };
  return {
    name,
    async ask() {
      peer ??= await connectPeer(address);
      if (peer === undefined) return silence;
      const sequence = randomInt(2 ** 32);
      const answer = await peer.ask(encodeTrackingRequest(sequence), {
        timeoutMs: chronyTimeoutMs,
        accepts: (reply) => {
          const decoded = decodeTrackingReply(reply, sequence);
          return decoded.kind === 'tracking' || decoded.reason === 'refused';
        },
      });
      if (answer.kind === 'silence') {
        close();
        return silence;
      }
      const decoded = decodeTrackingReply(answer.bytes, sequence);
      if (decoded.kind === 'tracking') return decoded;
      return { kind: 'refused', reason: `${name} refuses to be monitored` };
    },
    close,
  };
}
