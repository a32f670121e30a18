import { randomBytes } from 'node:crypto';
import { type ClockReading, decodeNtpReply, encodeNtpRequest, type NtpRejected } from '@tidemark/core';
import {
  type ClockSource,
  createHealth,
  createSleeper,
  holdoverPpm,
  type Sleeper,
  type TakeReading,
} from './clock-source.ts';
import { connectPeer, type Peer, parseAddress } from './datagram.ts';
import type { HostClock } from './host-clock.ts';
import { createPolling, waitAfter } from './polling.ts';

/** How often a server is asked. */
export interface SntpPace {
  readonly pollMs: number;
  readonly burst: number;
  readonly burstGapMs: number;
  readonly timeoutMs: number;
}

/** Four packets each time. Those of a slow poll keep the two seconds apart that public servers ask for. */
export function sntpPace(pollMs: number): SntpPace {
  return { pollMs, burst: 4, burstGapMs: Math.min(2_000, pollMs / 8), timeoutMs: 1_000 };
}

/**
 * Asks one NTP server in bursts and passes on the reading with the shortest round trip of each: delay is what blurs an
 * offset, and the least delayed packet bounds it best. The first reply of all is passed on at once.
 */
export function startSntp(server: string, clock: HostClock, take: TakeReading, pace: SntpPace): ClockSource {
  const address = parseAddress(server, 123);
  const sleeper = createSleeper();
  const polling = createPolling(pace.pollMs);
  const health = createHealth({
    name: server,
    patienceMs: () => 3 * polling.pollMs,
    waiting: `${server} has not answered yet`,
  });
  let peer: Peer | undefined;

  const pass = (reading: ClockReading): void => {
    health.ok();
    take(reading);
  };

  const run = async (): Promise<void> => {
    let spoken = false;
    while (!sleeper.stopped) {
      peer = await connectPeer(address);
      const outcome = await burst({ server, peer, clock, pace, sleeper, eager: !spoken, take: pass });
      peer?.close();
      peer = undefined;
      if (outcome.kind === 'reading') spoken = true;
      else health.failed(outcome.reason);
      const { waitMs, soonestMs } = waitAfter(polling, outcome.kind);
      // Agents that were started together must not ask together for ever.
      await sleeper.sleep(waitMs * (0.9 + Math.random() * 0.2), soonestMs);
    }
  };
  run().catch((error: unknown) => health.failed(`${server}: ${String(error)}`));

  return {
    name: `SNTP ${server}`,
    server,
    trouble: health.trouble,
    wake: sleeper.wake,
    stop() {
      sleeper.stop();
      peer?.close();
    },
  };
}

type Outcome =
  | { readonly kind: 'reading' }
  | { readonly kind: 'silent' | 'slower' | 'denied'; readonly reason: string };

interface Burst {
  readonly server: string;
  readonly peer: Peer | undefined;
  readonly clock: HostClock;
  readonly pace: SntpPace;
  readonly sleeper: Sleeper;
  readonly eager: boolean;
  readonly take: TakeReading;
}

async function burst(options: Burst): Promise<Outcome> {
  const { server, peer, clock, pace, sleeper } = options;
  if (peer === undefined) return { kind: 'silent', reason: `${server} cannot be reached` };
  let best: ClockReading | undefined;
  let failure: Outcome = { kind: 'silent', reason: `${server} does not answer` };
  for (let i = 0; i < pace.burst && !sleeper.stopped; i++) {
    if (i > 0) await sleeper.sleep(pace.burstGapMs);
    const result = await askOnce(server, peer, clock, pace.timeoutMs);
    if (result === undefined) continue;
    if ('kind' in result) {
      failure = refusal(server, result);
      // A kiss asks for less traffic: the rest of the burst would be the opposite.
      if (failure.kind !== 'silent') break;
      continue;
    }
    if (best === undefined && options.eager) options.take(result);
    // The clock was set between two packets: the best of each epoch is worth having.
    if (best !== undefined && best.epoch !== result.epoch) options.take(best);
    if (best === undefined || best.epoch !== result.epoch || result.errorMs < best.errorMs) best = result;
  }
  if (best === undefined) return failure;
  options.take(best);
  return failure.kind === 'slower' || failure.kind === 'denied' ? failure : { kind: 'reading' };
}

async function askOnce(
  server: string,
  peer: Peer,
  clock: HostClock,
  timeoutMs: number,
): Promise<ClockReading | NtpRejected | undefined> {
  const request = encodeNtpRequest(randomBytes(8));
  const edge = clock.edge();
  const epoch = clock.epoch();
  if (epoch === undefined) return undefined;
  const sentAtNs = process.hrtime.bigint();
  const sentNs = edge.wallNs + (sentAtNs - edge.monotonicNs);
  let rejected: NtpRejected | undefined;
  // A reply with another origin may be anybody's: the true one may still come, so the wait goes on.
  const accepts = (reply: Uint8Array): boolean => {
    const early = decodeNtpReply({ request, reply, sentNs, receivedNs: sentNs });
    if (early.kind !== 'rejected' || !forgeable.has(early.reason)) return true;
    rejected = early;
    return false;
  };
  const answer = await peer.ask(request, { timeoutMs, accepts });
  if (answer.kind === 'silence') return rejected;
  const receivedNs = sentNs + (answer.receivedNs - sentAtNs);
  const sample = decodeNtpReply({ request, reply: answer.bytes, sentNs, receivedNs });
  if (sample.kind === 'rejected') return sample;
  const delayMs = Math.max(0, Number(sample.delayNs) / 1e6);
  const rootMs = sample.rootDelayMs / 2 + sample.rootDispersionMs;
  const ownMs = Number(edge.errorNs) / 1e6 + (Number(answer.receivedNs - sentAtNs) / 1e6) * (holdoverPpm / 1e6);
  return {
    atMs: Number(sentNs / 1000n) / 1000,
    offsetMs: -Number(sample.offsetNs) / 1e6,
    errorMs: delayMs / 2 + rootMs + ownMs,
    server,
    delayMs,
    rootMs,
    epoch,
  };
}

const forgeable: ReadonlySet<NtpRejected['reason']> = new Set(['short', 'mode', 'version', 'origin']);

function refusal(server: string, rejected: NtpRejected): Outcome {
  if (rejected.reason === 'kiss-of-death') {
    const denied = rejected.kiss === 'DENY' || rejected.kiss === 'RSTR';
    return { kind: denied ? 'denied' : 'slower', reason: `${server} refuses (${rejected.kiss})` };
  }
  return { kind: 'silent', reason: `${server} gives no usable time (${rejected.reason})` };
}
