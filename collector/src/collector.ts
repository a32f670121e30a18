import { createState, type State, type TopologySpec } from '@tidemark/core';
import type { Logger } from 'pino';
import { Board } from './board.ts';
import { History } from './history.ts';
import { Intake } from './intake.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Store } from './store/store.ts';
import { Streams } from './streams.ts';

export const collectorVersion = '0.1.0';

/** All that a collector is, without a server around it: the app reads and feeds it, each tick moves it on. */
export interface Collector {
  readonly state: State;
  /** The only way into the state. */
  readonly intake: Intake;
  readonly history: History;
  readonly board: Board;
  readonly streams: Streams;
  readonly metrics: Metrics;
  readonly nowMs: () => number;
  readonly log: Logger;
  /** The built dashboard. */
  readonly pageDirectory: string;
}

export function createCollector(options: {
  readonly nowMs: () => number;
  readonly log: Logger;
  readonly pageDirectory: string;
  /** Undefined: nothing outlives the process. */
  readonly store?: Store | undefined;
  readonly maxRowsPerMetric?: number;
  readonly topology?: TopologySpec | undefined;
}): Collector {
  const { nowMs, log, pageDirectory, store, maxRowsPerMetric, topology } = options;
  const state = store?.folded.state ?? createState({ topology });
  const board = new Board(state, nowMs());
  const streams = new Streams();
  const metrics = createMetrics({
    state,
    board,
    streams,
    store,
    version: collectorVersion,
    ...(maxRowsPerMetric === undefined ? {} : { maxRowsPerMetric }),
  });
  const intake = new Intake({ state, board, streams, metrics, log, store });
  const history = new History(board, store);
  return { state, intake, history, board, streams, metrics, nowMs, log, pageDirectory };
}
