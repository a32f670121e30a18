import type { BeamWindowsOptions } from './beam.ts';
import { type SpecFault, SpecFaults } from './fault.ts';

/** Windows that Beam refuses to build (`FixedWindows`, `SlidingWindows`, `Window.withAllowedLateness`). */
export function beamFaults({ window, outOfOrdernessMs, allowedLatenessMs }: BeamWindowsOptions): SpecFault[] {
  const faults = new SpecFaults();
  faults.unless(allowedLatenessMs >= 0, 'allowedLatenessMs', allowedLatenessMs, 'a lateness of 0 or more');
  faults.unless(outOfOrdernessMs >= 0, 'outOfOrdernessMs', outOfOrdernessMs, 'a bound of 0 or more');
  if (window.kind === 'session') {
    faults.unless(window.gapMs > 0, 'window.gapMs', window.gapMs, 'a gap above 0');
    return faults.all;
  }
  const { sizeMs, offsetMs = 0 } = window;
  const advanceMs = window.kind === 'hopping' ? window.advanceMs : sizeMs;
  faults.unless(sizeMs > 0, 'window.sizeMs', sizeMs, 'a size above 0');
  if (window.kind === 'hopping') faults.unless(advanceMs > 0, 'window.advanceMs', advanceMs, 'a period above 0');
  faults.unless(
    offsetMs >= 0 && offsetMs < advanceMs,
    'window.offsetMs',
    offsetMs,
    `an offset from 0 to below ${advanceMs}`,
  );
  return faults.all;
}
