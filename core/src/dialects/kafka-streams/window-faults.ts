import { type SpecFault, SpecFaults } from '../fault.ts';
import type { WindowShape } from '../windows.ts';

/** Windows that Kafka Streams refuses to build (`TimeWindows`, `SlidingWindows`, `SessionWindows`, the store materializers). */
export function windowFaults(spec: {
  readonly window: WindowShape;
  readonly graceMs: number;
  readonly retentionMs?: number | undefined;
}): SpecFault[] {
  const { window, graceMs, retentionMs } = spec;
  const faults = new SpecFaults();
  checkShape(window, faults);
  faults.unless(graceMs >= 0, 'graceMs', graceMs, 'a grace of 0 or more');
  const leastMs = leastRetentionMs(window) + graceMs;
  if (faults.all.length === 0 && retentionMs !== undefined) {
    faults.unless(retentionMs >= leastMs, 'retentionMs', retentionMs, `at least ${leastMs}, which is also the default`);
  }
  return faults.all;
}

/** Without the grace. */
function leastRetentionMs(window: WindowShape): number {
  if (window.kind === 'session') return window.gapMs;
  return window.kind === 'sliding' ? 2 * window.differenceMs : window.sizeMs;
}

function checkShape(window: WindowShape, faults: SpecFaults): void {
  if (window.kind === 'session') {
    faults.unless(window.gapMs >= 0, 'window.gapMs', window.gapMs, 'an inactivity gap of 0 or more');
    return;
  }
  if (window.kind === 'sliding') {
    faults.unless(
      window.differenceMs >= 0,
      'window.differenceMs',
      window.differenceMs,
      'a time difference of 0 or more',
    );
    return;
  }
  const { sizeMs, offsetMs } = window;
  faults.unless(sizeMs > 0, 'window.sizeMs', sizeMs, 'a size above 0');
  faults.unless(
    offsetMs === undefined,
    'window.offsetMs',
    offsetMs,
    'no offset: windows of Kafka Streams start at the epoch',
  );
  if (window.kind === 'hopping') {
    const { advanceMs } = window;
    const isFine = advanceMs > 0 && advanceMs <= sizeMs;
    faults.unless(isFine, 'window.advanceMs', advanceMs, `an advance above 0 and at most the size, ${sizeMs}`);
  }
}
