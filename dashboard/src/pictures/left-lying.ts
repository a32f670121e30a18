import { type IncidentOf, sourceName } from '@tidemark/core';
import { formatDuration, formatPartition, formatTime } from '../format.ts';
import { axisAround, type Picture, placesOf, spread } from './picture.ts';

/** The hole is between the broker and the consumer: the records were there, and younger ones were taken before them. */
export function leftLyingPicture(incident: IncidentOf<'consumerInterleave'>, nowMs: number): Picture {
  const { sinceMs, stalledMs, culprit } = incident.evidence;
  const untilMs = sinceMs + stalledMs;
  const axis = axisAround([sinceMs, untilMs]);
  const where = placesOf(incident);
  const { fromMs, toMs } = axis;
  const takenMs = Math.min(toMs, Math.max(fromMs, culprit.processedMs));
  return {
    caption: `${where} had records from ${formatTime(sinceMs, nowMs)} on that ${incident.group} did not take for ${formatDuration(stalledMs)}. Meanwhile it took younger ones of ${sourceName(culprit.source)} from ${formatPartition(culprit)}, and its stream time went past them.`,
    axis,
    rows: [
      {
        name: `on the broker, in ${where}`,
        bars: [
          { kind: 'usual', fromMs, toMs: sinceMs },
          { kind: 'held', fromMs: sinceMs, toMs: untilMs },
          { kind: 'usual', fromMs: untilMs, toMs },
        ],
      },
      {
        name: `taken by ${incident.group}`,
        bars: [
          { kind: 'usual', fromMs, toMs: sinceMs },
          { kind: 'gap', fromMs: sinceMs, toMs: untilMs, label: `left lying for ${formatDuration(stalledMs)}` },
          { kind: 'usual', fromMs: untilMs, toMs },
        ],
        marks: [{ kind: 'burst', atMs: untilMs }],
      },
      {
        name: `taken from ${formatPartition(culprit)} meanwhile`,
        bars: [{ kind: 'usual', fromMs, toMs }],
        marks: [{ kind: 'record', atMs: takenMs, label: `@${culprit.offset}, younger` }],
      },
    ],
    ways: spread(sinceMs, untilMs, 6).map((fromMs) => ({ fromRow: 0, fromMs, toRow: 1, toMs: untilMs })),
    bands: [],
    ticks: [sinceMs, untilMs],
  };
}
