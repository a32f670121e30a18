import { type SpecFault, SpecFaults } from '../fault.ts';
import type { WindowShape } from '../windows.ts';

/** `SlidingEventTimeWindows.MAX_WINDOW_NUM`. */
const maxWindowsOfRecord = 10_000_000;

/** Windows and watermarks that Flink refuses to build (`TumblingEventTimeWindows` and the like, `WatermarkStrategy`). */
export function windowFaults(spec: {
  readonly window: Exclude<WindowShape, { kind: 'sliding' }>;
  readonly allowedLatenessMs: number;
  readonly outOfOrdernessMs: number;
  readonly idleTimeoutMs?: number | undefined;
}): SpecFault[] {
  const { window, idleTimeoutMs } = spec;
  const faults = new SpecFaults();
  faults.unless(spec.allowedLatenessMs >= 0, 'allowedLatenessMs', spec.allowedLatenessMs, 'a lateness of 0 or more');
  faults.unless(spec.outOfOrdernessMs >= 0, 'outOfOrdernessMs', spec.outOfOrdernessMs, 'a bound of 0 or more');
  faults.unless(
    idleTimeoutMs === undefined || idleTimeoutMs > 0,
    'idleTimeoutMs',
    idleTimeoutMs,
    'a timeout above 0, or none',
  );
  if (window.kind === 'session') {
    faults.unless(window.gapMs > 0, 'window.gapMs', window.gapMs, 'a gap above 0');
    return faults.all;
  }
  const { sizeMs, offsetMs = 0 } = window;
  const advanceMs = window.kind === 'hopping' ? window.advanceMs : sizeMs;
  const advance = window.kind === 'hopping' ? 'window.advanceMs' : 'window.sizeMs';
  faults.unless(sizeMs > 0, 'window.sizeMs', sizeMs, 'a size above 0');
  if (window.kind === 'hopping') faults.unless(advanceMs > 0, advance, advanceMs, 'an advance above 0');
  if (advanceMs > 0) {
    faults.unless(Math.abs(offsetMs) < advanceMs, 'window.offsetMs', offsetMs, `an offset within ±${advanceMs}`);
    const isFew = Math.floor(sizeMs / advanceMs) <= maxWindowsOfRecord;
    faults.unless(
      isFew,
      advance,
      advanceMs,
      `at least ${Math.ceil(sizeMs / maxWindowsOfRecord)}: fewer windows of one record`,
    );
  }
  return faults.all;
}
