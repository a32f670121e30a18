import { type IncidentOf, middleMs, sourceName } from '@tidemark/core';
import { formatDuration, formatTime } from '../format.ts';
import { axisAround, type Picture, type PictureRow } from './picture.ts';

/** Old events, written now: nobody held them up, somebody replays them. */
export function backfillPicture(incident: IncidentOf<'backfill'>, nowMs: number): Picture {
  const { ageMs, firstEventMs } = incident.evidence;
  const source = sourceName(incident.source);
  const startMs = middleMs(incident.start);
  const endMs = incident.end === undefined ? nowMs : middleMs(incident.end);
  const axis = axisAround([firstEventMs, endMs]);
  const age = formatDuration(ageMs);
  const streamTimeMs = incident.culprit?.eventMs;
  const stream: PictureRow[] =
    streamTimeMs === undefined
      ? []
      : [
          {
            name: 'the stream time was past them all',
            bars: [{ kind: 'usual', fromMs: axis.fromMs, toMs: streamTimeMs }],
            marks: [{ kind: 'record', atMs: streamTimeMs }],
          },
        ];
  return {
    caption: `${source} writes events that are ${age} old, the first of ${formatTime(firstEventMs, nowMs)}, and event time runs at the speed of its writing, not of the clock: a replay. They are truly late.`,
    axis,
    rows: [
      {
        name: `event times of ${source}`,
        bars: [{ kind: 'gap', fromMs: firstEventMs, toMs: startMs, label: `${age} old` }],
        marks: [{ kind: 'record', atMs: firstEventMs, label: 'the first' }],
      },
      { name: 'written to the broker', bars: [{ kind: 'held', fromMs: startMs, toMs: endMs }] },
      ...stream,
    ],
    ways: [{ fromRow: 0, fromMs: firstEventMs, toRow: 1, toMs: startMs }],
    bands: [],
    ticks: [firstEventMs, startMs],
  };
}
