import { type IncidentOf, middleMs, sourceName } from '@tidemark/core';
import { formatDuration } from '../format.ts';
import { axisAround, type Picture, placesOf, spread } from './picture.ts';

/** A repartition topic keeps the timestamps of what was read: what one upstream task writes is older than what the others do. */
export function upstreamLagPicture(incident: IncidentOf<'repartition'>): Picture {
  const { lagMs } = incident.evidence;
  const source = sourceName(incident.source);
  const startMs = middleMs(incident.start);
  const untilMs = startMs + 2 * lagMs;
  const axis = axisAround([startMs - lagMs, untilMs]);
  const { fromMs, toMs } = axis;
  return {
    caption: `The upstream task behind ${source} writes to ${placesOf(incident)} ${formatDuration(lagMs)} after the event time, the promptest one at once. Event times are kept on the way, so what the slow one writes is late when it comes. Drawn is the beginning.`,
    axis,
    rows: [
      { name: 'event times, the same for all', bars: [{ kind: 'usual', fromMs, toMs }] },
      { name: 'written by the promptest upstream task', bars: [{ kind: 'usual', fromMs, toMs }] },
      {
        name: `written by ${source}`,
        bars: [
          { kind: 'gap', fromMs: startMs - lagMs, toMs: startMs, label: `${formatDuration(lagMs)} later` },
          { kind: 'held', fromMs: startMs, toMs },
        ],
      },
    ],
    ways: [
      ...spread(startMs - lagMs, untilMs - lagMs, 4).map((atMs) => ({
        fromRow: 0,
        fromMs: atMs,
        toRow: 1,
        toMs: atMs,
      })),
      ...spread(startMs - lagMs, untilMs - lagMs, 4).map((atMs) => ({
        fromRow: 0,
        fromMs: atMs,
        toRow: 2,
        toMs: atMs + lagMs,
      })),
    ],
    bands: [incident.start],
    ticks: [startMs - lagMs, startMs],
  };
}
