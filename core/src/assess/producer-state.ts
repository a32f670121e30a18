import type { ProducerFold } from '../ingest/producers.ts';
import { pauseMs, unacknowledged } from '../ingest/told.ts';
import { leastCutMs } from './wait.ts';

/**
 * What becomes of what a producer's owner hands over, by its own agent, whether or not anybody reads it:
 *
 * sending   its records get in, or have not been on their way for long
 * idle      nothing waits, and nothing was acknowledged in the last seconds
 * cut       records are held up: for 4.5 s or more a broker that they are for has acknowledged nothing
 * refused   the same, but that broker was reached, and answers with errors
 * closed    its process has closed it
 * unheard   its agent is lost: what else is said of it is from its last report
 */
export const producerStates = ['sending', 'idle', 'cut', 'refused', 'closed', 'unheard'] as const;
export type ProducerState = (typeof producerStates)[number];

/** Who sends all the time has nothing to send between two records: that is not worth a word. */
const recentMs = 5_000;

/** Since when nothing was acknowledged, and by which brokers, as far as their ids are known. */
export interface HeldUp {
  readonly sinceMs: number;
  readonly brokers: readonly number[];
}

/** `heldUp`: of one that is `cut` or `refused`. */
export function producerStateOf(
  producer: ProducerFold,
  isAgentLost: boolean,
): { readonly state: ProducerState; readonly heldUp?: HeldUp } {
  const { waiting, givenUp, reportedMs, waitedMs, brokers } = producer;
  if (producer.isClosed) return { state: 'closed' };
  if (isAgentLost) return { state: 'unheard' };
  // Who gave up and does not try again within a while has nothing more to send.
  if (waiting === undefined && !(givenUp > 0 && reportedMs - waitedMs <= pauseMs)) {
    return {
      state: brokers.some((row) => reportedMs - (row.acknowledgedMs ?? Number.NEGATIVE_INFINITY) <= recentMs)
        ? 'sending'
        : 'idle',
    };
  }
  const isOnTime = (sinceMs: number): boolean => reportedMs - sinceMs < leastCutMs;
  if (waiting !== undefined && givenUp === 0 && isOnTime(waiting.sinceMs)) return { state: 'sending' };
  const nodes = nodesOf(producer);
  const { sinceMs, failures } = unacknowledged(producer, nodes);
  if (sinceMs === Number.POSITIVE_INFINITY || isOnTime(sinceMs)) return { state: 'sending' };
  const silent = brokers.filter((row) => row.unansweredSinceMs !== undefined && !isOnTime(row.unansweredSinceMs));
  const heldUp = { sinceMs, brokers: silent.flatMap(({ node }) => (nodes.includes(node!) ? node! : [])) };
  return { state: failures.refused === undefined ? 'cut' : 'refused', heldUp };
}

/** Those that lead what it writes: one that led it once may never answer again. All of them where nothing got in yet. */
function nodesOf({ places, brokers }: ProducerFold): readonly number[] {
  if (places.size === 0) return brokers.flatMap(({ node }) => node ?? []);
  return [...new Set([...places.values()].flatMap(({ leader }) => leader ?? []))];
}
