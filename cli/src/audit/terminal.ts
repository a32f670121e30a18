import { audit, formatCount, formatCounted, formatDuration, verdictWords } from '@tidemark/core';
import { percent } from './objectives.ts';
import { fitted, sampled, sparkline, table } from './plot.ts';
import type { AuditReport, PolicyReport } from './report-shape.ts';
import { exactly, utc } from './utc.ts';

const plotWidth = 64;

/** An audit as a person reads it in a terminal. */
export function terminal(report: AuditReport): string {
  const { history } = report;
  const parts = [
    `${history.name}: ${formatCounted(history.records, 'record')} of ${formatCounted(history.sources, 'source')} in ${formatCounted(history.partitions, 'partition')}, event times ${span(history.firstEventMs, history.lastEventMs)}`,
    `Order of arrival: ${history.order}.`,
    ...history.notes,
    ...Object.entries(history.skipped).map(
      ([reason, { count, examples }]) => `Passed over ${formatCount(count)}: ${reason} (${examples.join('; ')}).`,
    ),
    ...(history.incomplete === undefined ? [] : [`Not all of it: ${history.incomplete}`]),
    ...report.policies.map(policyText),
    ...incidentsText(report),
    ...orderText(report),
    ...replaysText(report),
  ];
  if (report.missed.length > 0) parts.push(`\nMissed: ${report.missed.join(', ')}`);
  return `${parts.join('\n')}\n`;
}

function policyText(policy: PolicyReport): string {
  const { records, dropped, lost, late, windows, metric, lateness } = policy;
  const lines = [
    `\n━━ ${policy.name}`,
    `  ${formatCount(dropped)} of ${formatCount(records)} records dropped (${share(dropped, records)})` +
      (windows === undefined
        ? ''
        : `, ${formatCount(windows.touched)} of ${formatCount(windows.windows)} windows wrong (${share(windows.touched, windows.windows)})`),
    `  ${metric.name} ${formatCount(metric.value)}; ${formatCount(lost)} lost to all their windows; ${formatCount(late)} late` +
      (lateness === undefined
        ? ''
        : `, half of them by ${formatDuration(lateness.p50Ms)} or less, the worst by ${formatDuration(lateness.maxMs)}`),
  ];
  if (policy.stoppedAt !== undefined) {
    const { topic, partition, offset } = policy.stoppedAt;
    lines.push(
      `  The application stops at ${topic}-${partition}@${offset}: a negative timestamp. The audit went on without such records.`,
    );
  }
  for (const [why, count] of Object.entries(policy.skipped))
    lines.push(`  skipped by the engine: ${formatCount(count)} (${why})`);
  lines.push(...lossesText(policy), ...curveText(policy), ...choicesText(policy));
  if (policy.bounds !== undefined) {
    const { least, most } = policy.bounds;
    lines.push(
      '',
      `  In every order that its partitions can have been read in, at least ${formatCount(least)} (record, window) pairs are refused; in some, up to ${formatCount(most)}.`,
    );
  }
  if (policy.punctuations !== undefined) {
    const { everyMs, fired, early, earlyMaxMs } = policy.punctuations;
    lines.push(
      '',
      `  Stream-time timers every ${formatDuration(everyMs)}: ${formatCount(early)} of ${formatCount(fired)} fired before all of their records had come, up to ${formatDuration(earlyMaxMs)} of event time too early.`,
    );
  }
  for (const trap of policy.traps) {
    const { topic, partition, offset } = trap.first;
    lines.push(
      '',
      `  Finding ${trap.kind}, ${formatCount(trap.count)} times, first at ${topic}-${partition}@${offset}: ${trap.sentence}`,
    );
  }
  for (const { objective, allowed, found, isMet } of policy.objectives) {
    lines.push(`  ${isMet ? 'met   ' : 'MISSED'} ${objective}: ${found}, allowed ${allowed}`);
  }
  return lines.join('\n');
}

function lossesText(policy: PolicyReport): string[] {
  if (policy.dropped === 0) return [];
  const { binMs, bins } = policy.overTime;
  const lines = [
    '',
    `  dropped over time (${utc(bins[0]!.atMs)} to ${utc(bins.at(-1)!.atMs + binMs)})`,
    `  ${sparkline(
      fitted(
        bins.map((bin) => bin.dropped),
        plotWidth,
      ),
    )}`,
  ];
  if (policy.byCause.length > 0) {
    const rows = policy.byCause.map((row) => [
      verdictWords[row.verdict],
      row.class,
      formatCount(row.dropped),
      share(row.dropped, policy.dropped),
    ]);
    lines.push('', table(['cause', '', 'dropped', 'share'], rows));
  }
  const sources = policy.bySource.filter(({ dropped }) => dropped > 0);
  lines.push(
    '',
    table(
      ['source', 'records', 'dropped', 'mostly'],
      sources
        .slice(0, 10)
        .map((row) => [
          row.source,
          formatCount(row.records),
          formatCount(row.dropped),
          row.cause === undefined ? '' : verdictWords[row.cause],
        ]),
    ),
  );
  const places = policy.byPartition.filter(({ dropped }) => dropped > 0);
  lines.push(
    '',
    table(
      ['partition', 'records', 'dropped', 'offsets'],
      places
        .slice(0, 10)
        .map((row) => [
          `${row.topic}-${row.partition}`,
          formatCount(row.records),
          formatCount(row.dropped),
          ranges(row),
        ]),
    ),
    ...(places.length > 10 ? [`  and ${formatCount(places.length - 10)} more, which are in --json`] : []),
  );
  if (policy.windows !== undefined) {
    const { worst, early } = policy.windows;
    const rows = worst.map((row) => [
      utc(row.startMs),
      formatCount(row.lost),
      row.records === undefined ? '?' : formatCount(row.records),
      row.error === undefined ? '?' : percent(row.error),
      formatDuration(row.moreSlackMs),
      row.closedBy === undefined ? '?' : `${row.closedBy.topic}-${row.closedBy.partition}@${row.closedBy.offset}`,
      row.earlyMs === undefined ? '?' : formatDuration(row.earlyMs),
    ]);
    lines.push('', table(['worst window', 'lost', 'of', 'wrong by', 'more grace', 'closed by', 'too early by'], rows));
    if (early.windows > 0) {
      lines.push(
        early.windows === 1
          ? `  1 window closed ${formatDuration(early.maxMs)} before its last record came.`
          : `  ${formatCount(early.windows)} windows closed before their last record came: half of them ${formatDuration(early.medianMs)} before or less, the worst ${formatDuration(early.maxMs)}.`,
      );
    }
  }
  return lines;
}

function curveText({ curve, advice, slackMs, records }: PolicyReport): string[] {
  const { points } = curve;
  const falling = points.slice(0, points.findIndex(({ dropped }) => dropped === 0) + 1 || points.length);
  const recommendedMs = points.find((point) => point.slackMs >= advice.recommended.slackMs)?.slackMs ?? 0;
  const shown = new Set([
    ...audit.plainSlacksMs.filter((ms) => ms <= curve.zeroAtMs),
    slackMs,
    recommendedMs,
    curve.zeroAtMs,
  ]);
  const all =
    curve.method === 'replay'
      ? points
      : // Several of them may lie between the same two points.
        [
          ...new Set(
            [...shown]
              .sort((one, other) => one - other)
              .map((ms) => points.find((point) => point.slackMs >= ms) ?? points.at(-1)!),
          ),
        ];
  const rows = all.map(({ slackMs: ms, dropped, windows, openWindows }) => [
    ms === 0 ? '0' : formatDuration(ms),
    formatCount(dropped),
    share(dropped, records),
    formatCount(windows),
    openWindows === undefined ? '' : formatCount(openWindows),
    [ms === slackMs ? '◀ declared' : '', ms === recommendedMs ? '◀ recommended' : '']
      .filter((mark) => mark !== '')
      .join(' '),
  ]);
  const how = curve.method === 'onePass' ? 'in one pass, exact' : 'a replay for each';
  const lines = ['', `  grace → dropped (${how})`];
  if (falling.length > 1)
    lines.push(
      `  ${sparkline(
        sampled(
          falling.map(({ dropped }) => dropped),
          plotWidth,
        ),
      )}  0 to ${formatDuration(falling.at(-1)!.slackMs)}, log`,
    );
  lines.push(table(['grace', 'dropped', 'share', 'pairs', 'open per key', ''], rows));
  lines.push(
    `  Nothing is dropped from ${curve.zeroAtMs === 0 ? '0' : exactly(curve.zeroAtMs)} on; the curve bends at ${formatDuration(advice.kneeMs)}${advice.budgetSlackMs === undefined ? '' : `; for at most ${formatCount(advice.budget!)} dropped it takes ${exactly(advice.budgetSlackMs)}`}.`,
  );
  const options = advice.options.map((option) => [
    option.kind,
    option.slackMs === 0 ? '' : exactly(option.slackMs),
    formatCount(option.dropped),
    option.updates === 0 ? '' : formatCount(option.updates),
    option.waitedSeconds === 0 ? '' : formatCount(Math.round(option.waitedSeconds)),
    option.cost === undefined ? '' : formatCount(Math.round(option.cost)),
  ]);
  lines.push(
    '',
    table(['option', 'for', 'dropped', 'corrected', 'seconds waited', 'cost'], options),
    `  ${advice.sentence}`,
  );
  return lines;
}

function choicesText({ choices }: PolicyReport): string[] {
  if (choices.length < 2) return [];
  const rows = choices.map((row) => [
    row.choice,
    formatCount(row.late),
    formatCount(row.dropped),
    row.choice === 'event' ? '' : `${formatCount(row.misplaced)} (${share(row.misplaced, row.records)})`,
  ]);
  return ['', table(['judged by its … time', 'late', 'dropped', 'in another window than it happened in'], rows)];
}

function incidentsText({ incidents }: AuditReport): string[] {
  if (incidents.length === 0) return [];
  return [
    '\n━━ what happened',
    ...incidents.slice(0, 12).map(({ sentence }) => `  · ${sentence}`),
    ...(incidents.length > 12 ? [`  and ${incidents.length - 12} more`] : []),
  ];
}

function orderText({ order, history }: AuditReport): string[] {
  if (order === undefined || history.records === 0) return [];
  const { distance, across } = order;
  return [
    '\n━━ order',
    `  ${formatCount(distance.certain)} pairs of records were taken in the wrong order of event time for certain, up to ${formatCount(distance.possible)} possibly (clocks to within ${formatDuration(order.clockBoundMs)}); across partitions ${formatCount(across.certain)} and ${formatCount(across.possible)}.`,
    `  ${formatCount(distance.displaced)} records came too late, on average past ${(distance.displacementSum / Math.max(1, distance.displaced)).toFixed(1)} others, at most past ${formatCount(distance.displacementMax)}. Digest of the order: ${order.digest}.`,
  ];
}

function replaysText({ replays }: AuditReport): string[] {
  if (replays === undefined) return [];
  const rows = replays.rows.map((row) => [
    row.policy,
    row.scheduler,
    formatCount(row.dropped),
    formatCount(row.onlyLive),
    formatCount(row.onlyReplay),
    formatCount(row.windowsChanged),
    row.isSame ? 'the same' : 'differs',
  ]);
  const head = ['policy', 'scheduler', 'dropped', 'only live', 'only replayed', 'windows changed', ''];
  return [
    '\n━━ would a replay give the same windows?',
    ...(rows.length > 0 ? [table(head, rows)] : []),
    `  ${replays.note}`,
  ];
}

function ranges({ offsets, overflow }: PolicyReport['byPartition'][number]): string {
  const few = offsets.slice(0, 4).map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  const rest = offsets.length - few.length;
  return (
    few.join(', ') +
    (rest > 0 || overflow > 0
      ? `, and ${overflow > 0 ? `${formatCount(rest)} or more ranges` : formatCounted(rest, 'range')}`
      : '')
  );
}

function share(part: number, of: number): string {
  return of === 0 ? '0 %' : percent(part / of);
}

function span(fromMs: number | undefined, toMs: number | undefined): string {
  return fromMs === undefined || toMs === undefined ? 'none' : `${utc(fromMs)} to ${utc(toMs)}`;
}
