import { type Guard, guarded } from '../guard.ts';
import { tapBrokers } from './brokers.ts';
import type { Broker, Cluster, FetchRequest, FetchResponse } from './shapes.ts';

/** What is made of a consumer's fetches. What it throws is counted, and never reaches kafkajs. */
export interface FetchProbe {
  readonly guard: Guard;
  answered(answered: Answered): void;
  failed(request: FetchRequest): void;
}

export interface Answered {
  readonly broker: Broker;
  readonly askedMs: number;
  readonly request: FetchRequest;
  readonly response: FetchResponse;
}

/**
 * Sees every fetch of one consumer: kafkajs's events tell neither when a request was sent nor of a response without records.
 * False if this kafkajs has another shape: then nothing was touched.
 */
export function probeFetches(cluster: Cluster | undefined, probe: FetchProbe): boolean {
  return tapBrokers(cluster, (broker) => guarded(probe.guard, () => probeBroker(broker, probe)));
}

function probeBroker(broker: Broker, probe: FetchProbe): void {
  const { guard } = probe;
  const { fetch } = broker;
  if (typeof fetch !== 'function') throw new Error('a broker of this kafkajs has no fetch');
  broker.fetch = function (this: unknown, request: FetchRequest): Promise<FetchResponse> {
    const askedMs = Date.now();
    const answer = fetch.call(this as never, request);
    // A side chain: kafkajs awaits the very promise that it would have had. Ours was chained first and so runs first.
    if (!guard.detached) {
      answer.then(
        (response) => guarded(guard, () => probe.answered({ broker, askedMs, request, response })),
        () => guarded(guard, () => probe.failed(request)),
      );
    }
    return answer;
  };
}
