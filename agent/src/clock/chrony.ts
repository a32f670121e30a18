import { randomInt } from 'node:crypto';
import { chronyBound, decodeTrackingReply, encodeTrackingRequest, middleMs, widthMs } from '@tidemark/core';
import { type ClockSource, createHealth, createSleeper, holdoverPpm, type TakeReading } from './clock-source.ts';
import { type Address, connectPeer, type Peer } from './datagram.ts';
import type { HostClock } from './host-clock.ts';

/** Once per cell of the clock solver: the daemon is on this host, asking costs nothing. */
const pollMs = 10_000;
const timeoutMs = 1_000;

/** Asks the host's own chronyd over its monitoring port. Its Unix socket speaks datagrams, which Node cannot. */
export function startChrony(
  address: Address,
  clock: HostClock,
  take: TakeReading,
  pace: { readonly pollMs: number } = { pollMs },
): ClockSource {
  const where = `${address.host}:${address.port}`;
  const name = `chrony ${where}`;
  const sleeper = createSleeper();
  const health = createHealth({ patienceMs: 3 * pace.pollMs, waiting: `no chrony on ${where}` });
  let peer: Peer | undefined;

  const askOnce = async (): Promise<string | undefined> => {
    peer ??= await connectPeer(address);
    if (peer === undefined) return `no chrony on ${where}`;
    const sequence = randomInt(2 ** 32);
    const epoch = clock.epoch();
    const answer = await peer.ask(encodeTrackingRequest(sequence), {
      timeoutMs,
      accepts: (reply) => {
        const decoded = decodeTrackingReply(reply, sequence);
        return decoded.kind === 'tracking' || decoded.reason === 'refused';
      },
    });
    if (answer.kind === 'silence') return `no chrony on ${where}`;
    const nowMs = Date.now();
    const tracking = decodeTrackingReply(answer.bytes, sequence);
    if (tracking.kind === 'rejected') return `${name} refuses to be monitored`;
    const bound = chronyBound(tracking, { nowMs, driftPpm: holdoverPpm });
    if (bound.kind === 'unbounded') return `${name}: ${bound.reason}`;
    // Moved while we asked: nobody can say which of both clocks the daemon spoke of.
    if (epoch === undefined || clock.epoch() !== epoch) return undefined;
    take({ atMs: nowMs, offsetMs: middleMs(bound.offset), errorMs: widthMs(bound.offset) / 2, server: name, epoch });
    health.ok();
    return undefined;
  };

  const run = async (): Promise<void> => {
    while (!sleeper.stopped) {
      const failure = await askOnce();
      if (failure !== undefined) {
        health.failed(failure);
        peer?.close();
        peer = undefined;
      }
      await sleeper.sleep(pace.pollMs, 0);
    }
  };
  run().catch((error: unknown) => health.failed(`${name}: ${String(error)}`));

  return {
    name,
    trouble: health.trouble,
    wake: sleeper.wake,
    stop() {
      sleeper.stop();
      peer?.close();
    },
  };
}
