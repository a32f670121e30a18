import { type IncidentOf, middleMs, sourceName } from '@tidemark/core';
import { formatDuration, formatOffset, formatTime } from '../format.ts';
import { axisAround, type Mark, moverRow, type Picture, spread } from './picture.ts';

/** One record is the proof: it was at the broker before the time that it says it was made. */
export function aheadPicture(incident: IncidentOf<'clockAhead'>, nowMs: number): Picture {
  const { record, aheadMs } = incident.evidence;
  const source = sourceName(incident.source);
  const latestMs = record.append.highMs ?? record.eventMs - aheadMs.lowMs;
  const earliestMs = Math.min(record.append.lowMs ?? latestMs, latestMs);
  const by = formatOffset(record.eventMs - latestMs);
  const mark = (atMs: number): Mark => ({ kind: 'record', atMs });
  return {
    caption: `${source} stamped a record ${formatTime(record.eventMs, nowMs)} that the broker had by ${formatTime(latestMs, nowMs)}: its clock is at least ${by} off. No delay explains that.`,
    axis: axisAround([earliestMs, record.eventMs]),
    rows: [
      {
        name: `made, by the clock of ${source}`,
        bars: [{ kind: 'gap', fromMs: latestMs, toMs: record.eventMs, label: `${by} at least` }],
        marks: [mark(record.eventMs)],
      },
      {
        name: 'reached the broker, at the latest',
        bars: earliestMs < latestMs ? [{ kind: 'unsure', fromMs: earliestMs, toMs: latestMs }] : [],
        marks: [mark(latestMs)],
      },
    ],
    ways: [{ fromRow: 0, fromMs: record.eventMs, toRow: 1, toMs: latestMs }],
    bands: [],
    ticks: [latestMs, record.eventMs],
  };
}

/**
 * All records wait the same time, as it seems, and no silence came before: the lines between the rows lie parallel. A whole
 * incident would press that into a hair's breadth; its beginning shows it.
 */
export function behindPicture(incident: IncidentOf<'clockBehind'>, nowMs: number): Picture {
  const { behindMs } = incident.evidence;
  const source = sourceName(incident.source);
  const startMs = middleMs(incident.start);
  const byMs = middleMs(behindMs);
  const untilMs = startMs + 2 * behindMs.highMs;
  const axis = axisAround([startMs - behindMs.highMs, untilMs]);
  const mover = moverRow(incident, axis);
  const [least, most] = [formatDuration(behindMs.lowMs), formatDuration(behindMs.highMs)];
  const about = least === most ? `about ${least}` : `${least} to ${most}`;
  return {
    caption: `From ${formatTime(startMs, nowMs)} on, every record of ${source} looks ${about} old when it comes, without a silence before it. Delays vary; a clock that is behind does not. Drawn is the beginning.`,
    axis,
    rows: [
      {
        name: `made, by the clock of ${source}`,
        bars: [
          { kind: 'held', fromMs: startMs - byMs, toMs: untilMs - byMs },
          { kind: 'unsure', fromMs: startMs - behindMs.highMs, toMs: startMs - behindMs.lowMs },
        ],
      },
      {
        name: 'reached the broker: no gap',
        bars: [{ kind: 'usual', fromMs: axis.fromMs, toMs: axis.toMs }],
      },
      ...(mover === undefined ? [] : [mover]),
    ],
    ways: spread(startMs, untilMs, 6).map((toMs) => ({ fromRow: 0, fromMs: toMs - byMs, toRow: 1, toMs })),
    bands: [incident.start],
    ticks: [startMs - byMs, startMs],
  };
}
