import type { ChronyRejected, ChronyTracking } from './chrony-packet.ts';

/**
 * `chronyc -c tracking`: the same reply as the packet's, as one line of fourteen fields. Signs are those of the packet (the
 * correction is negative where the system clock is fast), not those of the words that `chronyc` prints for people.
 *
 *     7F000001,127.0.0.1,2,1795810284.924079561,-2.500600100,-0.000000573,0.000000886,200.162,-0.049,3.260,…,Normal
 */
export function decodeTrackingLine(line: string): ChronyTracking | ChronyRejected {
  const fields = line.trim().split(',');
  // Faults are a number and words: `501 Not authorised`, `506 Cannot talk to daemon`.
  if (fields.length === 1) return { kind: 'rejected', reason: line.startsWith('501') ? 'refused' : 'not-a-reply' };
  if (fields.length !== 14) return { kind: 'rejected', reason: 'short' };
  const [refId, , ...rest] = fields as [string, string, ...string[]];
  const leap = leaps.indexOf(rest.pop()!);
  const numbers = rest.map(Number);
  if (leap === -1 || !/^[0-9A-F]{8}$/.test(refId) || numbers.some(Number.isNaN))
    return { kind: 'rejected', reason: 'not-a-reply' };
  const [stratum, referenceS, correctionS, lastOffsetS, rmsOffsetS, frequencyPpm, residualPpm, skewPpm] = numbers;
  const [rootDelayS, rootDispersionS, updateIntervalS] = numbers.slice(8);
  return {
    kind: 'tracking',
    refId: Number.parseInt(refId, 16),
    stratum: stratum!,
    leap,
    referenceMs: referenceS! * 1000,
    correctionS: correctionS!,
    lastOffsetS: lastOffsetS!,
    rmsOffsetS: rmsOffsetS!,
    frequencyPpm: frequencyPpm!,
    residualPpm: residualPpm!,
    skewPpm: skewPpm!,
    rootDelayS: rootDelayS!,
    rootDispersionS: rootDispersionS!,
    updateIntervalS: updateIntervalS!,
    synchronised: leap !== 3,
  };
}

/** By the number that the packet has for each. */
const leaps: readonly string[] = ['Normal', 'Insert second', 'Delete second', 'Not synchronised'];
