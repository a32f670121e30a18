import { isDeepStrictEqual } from 'node:util';
import type { Variant } from './plan.ts';
import { countOf } from './ranges.ts';
import type { Bounds, Said, Side } from './side.ts';

/** Wider than what there was to see: B was not heard from its last record before the cut to its first after it. */
export const maxExtraWidthMs = 2_500;
export const minDroppedInCut = 100;

/**
 * Everything in which the two sides differ, or in which the story itself was too small to show anything; empty when all is
 * well. `silence`: when B was heard last before its cut and first after it, by default right at its ends.
 */
export function differences(
  variant: Variant,
  did: Side,
  said: Said,
  silence: Bounds | undefined = did.cut ?? undefined,
): string[] {
  const found: string[] = [];
  const same = (what: string, a: unknown, b: unknown): void => {
    if (!isDeepStrictEqual(a, b)) found.push(`${what}: did ${brief(a)}, said ${brief(b)}`);
  };
  if (variant === 'cut') {
    const [startMs = 0, endMs = 0] = did.cut ?? [];
    const [leftMs = 0, returnedMs = 0] = silence ?? [];
    const [start, end] = said.cutBounds ?? [];
    checkBound('start', did.cut?.[0], start, maxExtraWidthMs + startMs - leftMs, found);
    checkBound('end', did.cut?.[1], end, maxExtraWidthMs + returnedMs - endMs, found);
    const dropped = countOf(did.droppedOffsets);
    if (dropped < minDroppedInCut) found.push(`dropped: ${dropped}, a cut must cost at least ${minDroppedInCut}`);
  } else {
    same('cut', did.cut, said.cut);
  }
  same('source', did.source, said.source);
  same('dropped offsets', did.droppedOffsets, said.droppedOffsets);
  same('culprits', did.culprits, said.culprits);
  same('someone accused wrongly', did.idleAccused, said.idleAccused);
  return found;
}

function checkBound(
  what: string,
  truthMs: number | undefined,
  bounds: Bounds | undefined,
  maxWidthMs: number,
  found: string[],
): void {
  if (truthMs === undefined || bounds === undefined) {
    found.push(`${what} of the cut: did ${truthMs}, said ${brief(bounds)}`);
    return;
  }
  const [lowMs, highMs] = bounds;
  if (truthMs < lowMs) found.push(`${what} of the cut: true ${truthMs} is ${lowMs - truthMs} ms below what was said`);
  if (truthMs > highMs) found.push(`${what} of the cut: true ${truthMs} is ${truthMs - highMs} ms above what was said`);
  if (highMs - lowMs > maxWidthMs) found.push(`${what} of the cut: ${highMs - lowMs} ms wide, more than ${maxWidthMs}`);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)} …` : text;
}
