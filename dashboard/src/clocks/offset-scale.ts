import { formatDuration } from '../format.ts';

/**
 * A scale for offsets of clocks: one is half a millisecond off, the next an hour, and both are to be seen in one picture. Even
 * steps near zero, then each ten times as far is one step further. Zero is in the middle.
 */
const evenMs = 0.5;

export function onScale(offsetMs: number): number {
  return Math.sign(offsetMs) * Math.log10(1 + Math.abs(offsetMs) / evenMs);
}

export function offScale(position: number): number {
  return Math.sign(position) * evenMs * (10 ** Math.abs(position) - 1);
}

const marksMs = [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000] as const;

/** How far the scale reaches to both sides so that all of these are on it: to the next round offset. */
export function reachMs(offsetsMs: readonly number[]): number {
  const furthestMs = Math.max(0, ...offsetsMs.map(Math.abs));
  return marksMs.find((mark) => mark > furthestMs && mark >= 10) ?? 10 * furthestMs;
}

/** Names of offsets closer than this share of a half would be written over each other on a phone. */
const apart = 0.3;

/** Offsets to name on a scale that reaches so far: zero, and at both sides those that have room, from the ends inwards. */
export function scaleMarks(reach: number): number[] {
  const shown: number[] = [];
  let last = 1 + apart;
  for (const mark of marksMs.toReversed()) {
    const at = onScale(mark) / onScale(reach);
    if (at > 1 || at < apart || last - at < apart) continue;
    shown.push(mark);
    last = at;
  }
  return [...shown.map((mark) => -mark), 0, ...shown.toReversed()];
}

/** `true`, `+10 ms`, `−1 s`: as short as a scale needs. */
export function offsetMark(offsetMs: number): string {
  if (offsetMs === 0) return 'true';
  const ms = Math.abs(offsetMs);
  const size =
    ms < 1_000
      ? `${Number(ms.toPrecision(2))} ms`
      : ms < 60_000
        ? `${Number((ms / 1_000).toPrecision(3))} s`
        : formatDuration(ms);
  return `${offsetMs > 0 ? '+' : '−'}${size}`;
}
