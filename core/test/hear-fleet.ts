import { assess, firstAssessment } from '../src/assess/assess.ts';
import type { Assessment } from '../src/assess/assessment.ts';
import type { Finding } from '../src/findings/finding.ts';
import { ingest } from '../src/ingest/ingest.ts';
import { createState, type State } from '../src/ingest/state.ts';
import { fleetStartMs, type Told } from './simulated-fleet.ts';

export interface Heard {
  readonly state: State;
  readonly assessment: Assessment;
  /** Each finding as it was last, and how often it was opened. */
  readonly findings: readonly { readonly finding: Finding; readonly opened: number; readonly openedAtSecond: number }[];
}

/** A collector that ticks each second of true time; `look` sees each assessment. It may go on from where another stopped. */
export function hearFleet(
  told: readonly Told[],
  look: (assessment: Assessment) => void = () => undefined,
  from: Pick<Heard, 'state' | 'assessment'> = { state: createState(), assessment: firstAssessment(fleetStartMs) },
): Heard {
  const { state } = from;
  let { assessment } = from;
  const findings = new Map<string, { finding: Finding; opened: number; openedAtSecond: number }>();
  const tick = (nowMs: number): void => {
    assessment = assess(assessment, state, nowMs);
    look(assessment);
    for (const finding of assessment.findings) {
      const before = findings.get(finding.id);
      const isOpened = finding.status === 'open' && before?.finding.status !== 'open';
      const opened = (before?.opened ?? 0) + Number(isOpened);
      const openedAtSecond = before?.openedAtSecond ?? (finding.openedAtMs - fleetStartMs) / 1000;
      findings.set(finding.id, { finding, opened, openedAtSecond });
    }
  };
  let secondMs = assessment.nowMs + 1000;
  for (const { receivedMs, report } of told) {
    while (receivedMs > secondMs) {
      tick(secondMs);
      secondMs += 1000;
    }
    ingest(state, report, receivedMs);
  }
  tick(secondMs);
  return { state, assessment, findings: [...findings.values()] };
}
