import {
  type Assessment,
  assess,
  createState,
  firstAssessment,
  formatCount,
  formatUtc,
  ingest,
  isTickDue,
  type LateTotal,
  lookForNewsEveryMs,
} from '@tidemark/core';
import { table } from '../audit/plot.ts';
import { readCapture } from './capture-file.ts';

/** What a collector with this capture would have said at its end. */
export interface CaptureReport {
  readonly tidemark: 'capture-audit/1';
  readonly reports: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly totals: readonly LateTotal[];
  readonly drops: readonly { readonly group: string; readonly policy: string; readonly dropped: number }[];
  readonly incidents: Assessment['incidents'];
}

/** Every verdict again, from the reports and the moments at which they came: the collector's own fold, without a clock. */
export async function auditCapture(path: string): Promise<CaptureReport> {
  const state = createState();
  let assessment: Assessment | undefined;
  let reports = 0;
  let duplicates = 0;
  let endedMs = Number.NaN;
  /** It looks for news between ticks, and judges out of turn where there is some. */
  const passTime = (untilMs: number): void => {
    for (let atMs = endedMs; state.hasUnjudged && atMs < untilMs; atMs += lookForNewsEveryMs) {
      if (isTickDue(state, atMs)) assessment = assess(assessment ?? firstAssessment(atMs), state, atMs);
    }
    endedMs = untilMs;
  };
  const { startedMs, refused } = await readCapture(path, {
    report: (report, receivedMs) => {
      passTime(receivedMs);
      assessment ??= firstAssessment(receivedMs);
      if (ingest(state, report, receivedMs) === 'duplicate') duplicates++;
      else reports++;
    },
    tick: (nowMs) => {
      passTime(nowMs);
      assessment = assess(assessment ?? firstAssessment(nowMs), state, nowMs);
    },
  });
  assessment = assess(assessment ?? firstAssessment(startedMs), state, Number.isNaN(endedMs) ? startedMs : endedMs);
  const drops = new Map<string, { group: string; policy: string; dropped: number }>();
  for (const task of assessment.tasks) {
    for (const { policy, count } of task.dropped) {
      const key = `${task.group}|${policy}`;
      const of = drops.get(key) ?? { group: task.group, policy, dropped: 0 };
      of.dropped += count;
      drops.set(key, of);
    }
  }
  return {
    tidemark: 'capture-audit/1',
    reports,
    duplicates,
    refused,
    startedMs,
    endedMs,
    totals: assessment.totals,
    drops: [...drops.values()],
    incidents: assessment.incidents,
  };
}

export function captureText({
  reports,
  duplicates,
  refused,
  startedMs,
  endedMs,
  totals,
  drops,
  incidents,
}: CaptureReport): string {
  const parts = [
    `${formatCount(reports)} reports from ${formatUtc(startedMs)} to ${formatUtc(endedMs)}${duplicates > 0 ? `, ${formatCount(duplicates)} came twice` : ''}${refused > 0 ? `, ${formatCount(refused)} refused` : ''}`,
  ];
  if (drops.length > 0) {
    parts.push(
      '',
      table(
        ['group', 'policy', 'dropped'],
        drops.map(({ group, policy, dropped }) => [group, policy, formatCount(dropped)]),
      ),
    );
  }
  if (totals.length > 0) {
    const rows = totals.map((row) => [
      row.group,
      `${row.topic}-${row.partition}`,
      row.verdict,
      formatCount(row.late),
      formatCount(row.dropped),
    ]);
    parts.push('', table(['group', 'partition', 'cause', 'late', 'dropped'], rows));
  }
  parts.push('', ...incidents.map(({ sentence }) => `  · ${sentence}`));
  return `${parts.join('\n')}\n`;
}
