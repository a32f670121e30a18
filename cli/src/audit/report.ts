import type { AuditSettings } from '@tidemark/config';
import { audit, sourceName, type VerdictKind, verdictClass, verdictKinds } from '@tidemark/core';
import type { HistoryShape, HistoryTally } from './history.ts';
import { missedObjectives } from './objectives.ts';
import { quantilesOf } from './quantiles.ts';
import type { AuditReport, PolicyReport, Punctuations, ReplayReport, WindowsReport } from './report-shape.ts';
import { slackReading } from './slack-reading.ts';

const metricNames: { readonly [E in audit.AuditPolicy['spec']['engine']]: string } = {
  'kafka-streams': 'dropped-records-total',
  flink: 'numLateRecordsDropped',
  beam: 'droppedDueToLateness',
  plain: 'refused (record, window) pairs',
};

export function reportOf(
  of: audit.Audit,
  given: {
    readonly shape: HistoryShape;
    readonly tally: HistoryTally;
    readonly settings: Pick<AuditSettings, 'top' | 'budget' | 'costs' | 'clockBoundMs' | 'punctuateMs'>;
    readonly punctuations: readonly (audit.PolicyAudit | undefined)[];
    readonly replays: ReplayReport | undefined;
  },
): AuditReport {
  const { directory } = of.options;
  const policies = of.policies.map((policy, i) => policyReport(of, policy, i, given));
  const distance = of.distance();
  return {
    tidemark: 'audit/1',
    history: {
      name: given.shape.name,
      records: given.tally.records,
      bytes: given.tally.bytes,
      partitions: directory.places.length,
      sources: directory.sources.length,
      firstEventMs: Number.isFinite(of.firstEventMs) ? of.firstEventMs : undefined,
      lastEventMs: Number.isFinite(of.lastEventMs) ? of.lastEventMs : undefined,
      order: given.shape.order,
      notes: given.shape.notes,
      skipped: given.tally.skipped,
      incomplete: given.tally.incomplete,
    },
    policies,
    incidents: of.causes
      .flatMap((causes) => [...causes.incidents.values()])
      .map(({ id, kind, sentence, start, end, late, dropped }) => ({
        id,
        kind,
        sentence,
        start,
        ...(end && { end }),
        late,
        dropped,
      })),
    order: distance && {
      digest: of.digest.text,
      distance: distance.all,
      within: distance.within,
      across: {
        certain: Math.max(0, distance.all.certain - distance.within.certain),
        possible: Math.max(0, distance.all.possible - distance.within.possible),
      },
      clockBoundMs: given.settings.clockBoundMs,
    },
    replays: given.replays,
    missed: policies.filter(({ objectives }) => objectives.some(({ isMet }) => !isMet)).map(({ name }) => name),
  };
}

function policyReport(
  of: audit.Audit,
  policy: audit.PolicyAudit,
  at: number,
  given: Parameters<typeof reportOf>[1],
): PolicyReport {
  const { directory } = of.options;
  const { spec, name, tasks } = policy.policy;
  const { settings } = given;
  const dropped = policy.lost + policy.partly;
  const windows = windowsReport(policy, directory, settings.top);
  const punctuation = given.punctuations[at];
  const report = {
    name,
    engine: spec.engine,
    window: spec.window,
    tasks,
    slackMs: audit.slackMsOf(spec),
    records: policy.records,
    late: policy.late,
    lateness: quantilesOf(policy.lateness),
    dropped,
    lost: policy.lost,
    metric: { name: metricNames[spec.engine], value: policy.counted },
    skipped: policy.skipped,
    stoppedAt: policy.stoppedAt && { ...directory.places[policy.stoppedAt.place]!, offset: policy.stoppedAt.offset },
    byCause: verdictKinds
      .map((verdict) => ({ verdict, class: verdictClass[verdict], dropped: policy.byCause[verdict] ?? 0 }))
      .filter((row) => row.dropped > 0)
      .sort((one, other) => other.dropped - one.dropped),
    bySource: directory.sources
      .map((source, i) => ({
        source: sourceName(source),
        records: policy.recordsBySource[i] ?? 0,
        dropped: policy.lostBySource[i] ?? 0,
        cause: mainCause(policy.causesBySource[i]),
      }))
      .sort((one, other) => other.dropped - one.dropped || other.records - one.records)
      .slice(0, Math.max(settings.top, 20)),
    byPartition: directory.places
      .map(({ topic, partition }, i) => ({
        topic,
        partition,
        records: policy.recordsByPlace[i] ?? 0,
        dropped: policy.lists[i]?.count ?? 0,
        offsets: policy.lists[i]?.ranges ?? [],
        overflow: policy.lists[i]?.overflow ?? 0,
      }))
      .sort(
        (one, other) =>
          other.dropped - one.dropped ||
          (one.topic < other.topic ? -1 : one.topic > other.topic ? 1 : one.partition - other.partition),
      ),
    overTime: overTime(policy),
    windows,
    ...slackReading(policy, settings, windows),
    choices: of.choices[at]?.outcomes() ?? [],
    bounds: of.bounds(at),
    traps: of.traps(at),
    punctuations:
      punctuation && settings.punctuateMs !== undefined ? punctuationsOf(punctuation, settings.punctuateMs) : undefined,
  };
  return { ...report, objectives: missedObjectives(policy.policy.objective, report) };
}

function mainCause(causes: audit.PolicyAudit['byCause'] | undefined): VerdictKind | undefined {
  const rows = Object.entries(causes ?? {}) as [VerdictKind, number][];
  return rows.sort(([, one], [, other]) => other - one)[0]?.[0];
}

function overTime(policy: audit.PolicyAudit): PolicyReport['overTime'] {
  const { records, late, dropped } = audit.binKinds;
  return {
    binMs: policy.byTime.widthMs,
    bins: policy.byTime.bins().map(({ atMs, counts }) => ({
      atMs,
      records: counts[records]!,
      late: counts[late]!,
      dropped: counts[dropped]!,
    })),
    causes: policy.causesByTime
      .bins()
      .flatMap(({ atMs, counts }) =>
        counts.flatMap((dropped, i) => (dropped > 0 ? [{ atMs, verdict: verdictKinds[i]!, dropped }] : [])),
      ),
  };
}

function windowsReport(
  { windows }: audit.PolicyAudit,
  { places }: audit.Directory,
  top: number,
): WindowsReport | undefined {
  if (windows === undefined) return undefined;
  const lossy = [...windows.all()];
  const earlyMs = lossy
    .map(({ closedBy, lastLossMs }) => (closedBy === undefined ? Number.NaN : lastLossMs - closedBy.arrivalMs))
    .filter((ms) => ms >= 0);
  const sorted = earlyMs.toSorted((one, other) => one - other);
  return {
    windows: windows.windows,
    touched: windows.touched,
    lostPairs: lossy.reduce((sum, { lost }) => sum + lost, windows.overflow),
    unlisted: windows.overflow,
    worst: windows.worst(top).map((window) => {
      const { startMs, endMs, lost, records, moreSlackMs, closedBy, lastLossMs } = window;
      return {
        startMs,
        endMs,
        lost,
        records,
        error: records === undefined ? undefined : audit.errorOf(window),
        moreSlackMs,
        closedBy: closedBy && { ...places[closedBy.place]!, offset: closedBy.offset },
        closedAtMs: closedBy?.arrivalMs,
        earlyMs: closedBy && lastLossMs - closedBy.arrivalMs,
      };
    }),
    early: { windows: sorted.length, maxMs: sorted.at(-1) ?? 0, medianMs: sorted[sorted.length >> 1] ?? 0 },
  };
}

function punctuationsOf({ windows }: audit.PolicyAudit, everyMs: number): Punctuations {
  const lossy = [...(windows?.all() ?? [])];
  return {
    everyMs,
    fired: windows?.windows ?? 0,
    early: lossy.length,
    earlyMaxMs: lossy.reduce((most, { moreSlackMs }) => Math.max(most, moreSlackMs), 0),
  };
}
