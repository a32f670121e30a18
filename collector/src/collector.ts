import { createState, type State, type TopologySpec } from '@tidemark/core';
import type { Logger } from 'pino';
import { Board } from './board.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { Streams } from './streams.ts';

export const collectorVersion = '0.1.0';

/** All that a collector is, without a server around it: the app reads and feeds it, each tick moves it on. */
export interface Collector {
  readonly state: State;
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
  readonly maxRowsPerMetric?: number;
  readonly topology?: TopologySpec | undefined;
}): Collector {
  const { nowMs, log, pageDirectory, maxRowsPerMetric, topology } = options;
  const state = createState({ topology });
  const board = new Board(state, nowMs());
  const streams = new Streams();
  const metrics = createMetrics({
    board,
    streams,
    version: collectorVersion,
    ...(maxRowsPerMetric === undefined ? {} : { maxRowsPerMetric }),
  });
  return { state, board, streams, metrics, nowMs, log, pageDirectory };
}
