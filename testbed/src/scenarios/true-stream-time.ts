import type { Trace } from './trace.ts';
import type { Truth } from './truth.ts';

/** `T` of a task at any instant of true time, in ms since the world began; undefined when nothing is still to come. */
export type TrueStreamTime = (atMs: number) => number | undefined;

/**
 * The true stream time of each task by the definition itself: of the events that it has not processed yet, replays aside, the
 * one that was made first. The truth's own grid is too coarse for bounds that are a second wide.
 */
export function trueStreamTimes({ lines }: Trace, truth: Truth): Map<number, TrueStreamTime> {
  const byTask = new Map<number, { readonly processedMs: number; readonly createdMs: number }[]>();
  let index = 0;
  for (const line of lines) {
    if (line[0] !== 'r') continue;
    const [, p, task, , , , e] = line;
    const { process } = truth.producers[truth.recordProducer[index]!]!;
    const createdMs = e + truth.createdMinusE[index]!;
    index++;
    if (process.kind === 'replay') continue;
    const processedMs = trueTimeOf(p, truth.hostOffsetUs[`consumer-${task}`]!);
    const known = byTask.get(task);
    if (known === undefined) byTask.set(task, [{ processedMs, createdMs }]);
    else known.push({ processedMs, createdMs });
  }
  return new Map([...byTask].map(([task, events]) => [task, leastToCome(events)]));
}

function leastToCome(events: { readonly processedMs: number; readonly createdMs: number }[]): TrueStreamTime {
  events.sort((a, b) => a.processedMs - b.processedMs);
  const leastMs = new Float64Array(events.length);
  let least = Number.POSITIVE_INFINITY;
  for (let i = events.length - 1; i >= 0; i--) leastMs[i] = least = Math.min(least, events[i]!.createdMs);
  return (atMs) => {
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle]!.processedMs <= atMs) low = middle + 1;
      else high = middle;
    }
    return low === events.length ? undefined : Math.min(leastMs[low]!, atMs);
  };
}

/** What the time truly was when a clock that is ahead by these offsets showed `shownMs`. */
function trueTimeOf(shownMs: number, offsetsUs: Truth['hostOffsetUs'][string]): number {
  const offsetMs = (atMs: number): number =>
    (offsetsUs.findLast(([fromMs]) => fromMs <= atMs) ?? offsetsUs[0]!)[1] / 1000;
  return shownMs - offsetMs(shownMs - offsetMs(shownMs));
}
