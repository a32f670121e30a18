import { type IncidentOf, middleMs, sourceName } from '@tidemark/core';
import { formatDuration, formatTime } from '../format.ts';
import { axisAround, moverRow, type Picture, type PictureRow, placesOf, spread } from './picture.ts';

/**
 * When events were made against when they reached the broker. During a cut the upper row goes on and the lower has a hole,
 * then all arrives at once; an idle source has a hole in both rows. Of an outage the lower row is the leader's, and the
 * upper everybody's who writes there.
 */
export function cutPicture(incident: IncidentOf<'producerCutOff' | 'brokerOutage'>, nowMs: number): Picture {
  const { evidence, start, kind, proof } = incident;
  const { lastEventMs } = evidence;
  // While it lasts its own agent may know of what is held up; else it shows on return.
  const firstHeldEventMs = evidence.firstHeldEventMs ?? proof?.createdMs;
  const isIdle = incident.status === 'withdrawn' && incident.end !== undefined;
  const isOver = incident.end !== undefined && firstHeldEventMs !== undefined;
  const end = incident.end ?? { lowMs: nowMs, highMs: nowMs };
  const [startMs, endMs] = [middleMs(start), middleMs(end)];
  const axis = axisAround([start.lowMs, lastEventMs, end.highMs]);
  const isOutage = kind === 'brokerOutage';
  const who = isOutage ? 'everyone' : sourceName(incident.source);
  const where = isOutage ? placesOf(incident) : 'the broker';
  const made: PictureRow = {
    name: isOutage ? `made for ${where}` : `made by ${who}`,
    bars: [
      { kind: 'usual', fromMs: axis.fromMs, toMs: lastEventMs },
      ...(isOver
        ? ([
            { kind: 'held', fromMs: firstHeldEventMs, toMs: endMs },
            { kind: 'usual', fromMs: endMs, toMs: axis.toMs },
          ] as const)
        : proof?.createdMs !== undefined
          ? ([{ kind: 'held', fromMs: proof.createdMs, toMs: endMs }] as const)
          : ([
              {
                kind: 'gap',
                fromMs: lastEventMs,
                toMs: endMs,
                label: isIdle ? 'nothing held up' : 'not known until it returns',
              },
            ] as const)),
      ...(isIdle ? [{ kind: 'usual', fromMs: endMs, toMs: axis.toMs } as const] : []),
    ],
  };
  const arrived: PictureRow = {
    name: isOutage ? `reached ${where}` : 'reached the broker',
    bars: [
      { kind: 'usual', fromMs: axis.fromMs, toMs: startMs },
      { kind: 'gap', fromMs: startMs, toMs: endMs, label: `nothing for ${formatDuration(endMs - startMs)}` },
      ...(isOver || isIdle ? [{ kind: 'usual', fromMs: endMs, toMs: axis.toMs } as const] : []),
    ],
    marks: isOver ? [{ kind: 'burst', atMs: endMs }] : [],
  };
  const mover = moverRow(incident, axis);
  const [from, to] = [formatTime(startMs, nowMs), formatTime(endMs, nowMs)];
  return {
    caption: isOver
      ? `${isOutage ? `Events for ${where} were made` : `${who} made events`} throughout, but between ${from} and ${to} none reached the broker; then all came at once.`
      : isIdle
        ? `Nothing of ${who} reached ${where} between ${from} and ${to}, and what came then was new: it had nothing to say.`
        : proof === undefined
          ? `Nothing of ${who} has reached ${where} since ${from}.`
          : `${who} goes on making events, as its own agent says, but none has reached ${where} since ${from}.`,
    axis,
    rows: mover === undefined ? [made, arrived] : [made, arrived, mover],
    ways: isOver
      ? spread(firstHeldEventMs, endMs, 6).map((fromMs) => ({ fromRow: 0, fromMs, toRow: 1, toMs: endMs }))
      : [],
    bands: incident.end === undefined ? [start] : [start, incident.end],
    ticks: isOver || isIdle ? [startMs, endMs] : [startMs],
  };
}
