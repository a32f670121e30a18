import type { SpecFault } from '../fault.ts';
import type { WindowShape } from '../windows.ts';

/** Windows that Kafka Streams refuses to build (`TimeWindows`, `SlidingWindows`, `SessionWindows`, the store materializers). */
export function windowFaults(spec: {
  readonly window: WindowShape;
  readonly graceMs: number;
  readonly retentionMs?: number | undefined;
}): SpecFault[] {
  const { window, graceMs, retentionMs } = spec;
  const faults: SpecFault[] = shapeFaults(window);
  if (graceMs < 0) faults.push({ path: 'graceMs', got: graceMs, expected: 'a grace of 0 or more' });
  const least = leastRetentionMs(window) + graceMs;
  if (faults.length === 0 && retentionMs !== undefined && retentionMs < least) {
    faults.push({
      path: 'retentionMs',
      got: retentionMs,
      expected: `at least ${least}, or nothing: the default is that`,
    });
  }
  return faults;
}

/** Without the grace. */
export function leastRetentionMs(window: WindowShape): number {
  if (window.kind === 'session') return window.gapMs;
  return window.kind === 'sliding' ? 2 * window.differenceMs : window.sizeMs;
}

function shapeFaults(window: WindowShape): SpecFault[] {
  const faults: SpecFault[] = [];
  const check = (isFine: boolean, path: string, got: number, expected: string): void => {
    if (!isFine) faults.push({ path: `window.${path}`, got, expected });
  };
  if (window.kind === 'session') {
    check(window.gapMs >= 0, 'gapMs', window.gapMs, 'an inactivity gap of 0 or more');
  } else if (window.kind === 'sliding') {
    check(window.differenceMs >= 0, 'differenceMs', window.differenceMs, 'a time difference of 0 or more');
  } else {
    const { sizeMs, offsetMs } = window;
    check(sizeMs > 0, 'sizeMs', sizeMs, 'a size above 0');
    check(offsetMs === undefined, 'offsetMs', offsetMs!, 'no offset: windows of Kafka Streams start at the epoch');
    if (window.kind === 'hopping') {
      const { advanceMs } = window;
      check(
        advanceMs > 0 && advanceMs <= sizeMs,
        'advanceMs',
        advanceMs,
        `an advance above 0 and at most the size, ${sizeMs}`,
      );
    }
  }
  return faults;
}
