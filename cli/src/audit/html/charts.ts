import { verdictKinds, verdictWords } from '@tidemark/core';
import type { PolicyReport } from '../report-shape.ts';
import { utc } from '../utc.ts';
import type { PlainChart, PlainSeries } from './draw-charts.ts';

const plain = { stacked: false, horizontal: false, logX: false, xTitle: '', yTitle: '' } as const;

/** The charts of a policy; those that would be empty are left out. */
export function chartsOf(policy: PolicyReport, at: number): PlainChart[] {
  const made =
    policy.dropped > 0
      ? [overTime(policy, `time-${at}`), windows(policy, `windows-${at}`), sources(policy, `sources-${at}`)]
      : [];
  return [...(policy.advice.likelihood > 0 ? [curve(policy, `curve-${at}`)] : []), ...made].filter(
    (chart) => chart !== undefined,
  );
}

function overTime({ overTime }: PolicyReport, id: string): PlainChart {
  const { bins, binMs, causes } = overTime;
  const fromMs = bins[0]!.atMs;
  const count = Math.min(720, Math.round((bins.at(-1)!.atMs - fromMs) / binMs) + 1);
  const spread = (values: readonly { readonly atMs: number; readonly dropped: number }[]): number[] => {
    const row = Array.from({ length: count }, () => 0);
    for (const { atMs, dropped } of values) {
      const i = Math.max(0, Math.min(count - 1, Math.floor((atMs - fromMs) / binMs)));
      row[i]! += dropped;
    }
    return row;
  };
  const byVerdict = verdictKinds
    .map(
      (verdict): PlainSeries => ({
        label: verdictWords[verdict],
        colour: verdict,
        values: spread(causes.filter((one) => one.verdict === verdict)),
        marks: false,
      }),
    )
    .filter(({ values }) => values.some((value) => (value as number) > 0));
  const series =
    byVerdict.length > 0 ? byVerdict : [{ label: 'dropped', colour: 'dropped', values: spread(bins), marks: false }];
  const labels = Array.from({ length: count }, (_, i) =>
    utc(fromMs + i * binMs).slice(count * binMs > 172_800_000 ? 5 : 11),
  );
  return {
    ...plain,
    id,
    type: 'bar',
    labels,
    series,
    stacked: true,
    yTitle: 'records dropped',
    xTitle: 'arrival, UTC',
  };
}

function curve({ curve, slackMs, advice }: PolicyReport, id: string): PlainChart {
  const { points } = curve;
  const end = points.findIndex(({ dropped }) => dropped === 0);
  // A little beyond where nothing is lost any more, and never less than shows where the declared one lies.
  const shown = points.filter((point, i) => i <= (end < 0 ? points.length : end + 40) || point.slackMs <= slackMs * 2);
  const xy = ({ slackMs: ms, dropped }: { readonly slackMs: number; readonly dropped: number }) => ({
    x: Math.max(0.001, ms / 1_000),
    y: dropped,
  });
  const declared = points.findLast((point) => point.slackMs <= slackMs) ?? points[0]!;
  const { recommended } = advice;
  return {
    ...plain,
    id,
    type: 'line',
    labels: [],
    logX: true,
    xTitle: 'grace',
    yTitle: 'records dropped',
    series: [
      { label: 'declared', colour: 'declared', values: [xy({ ...declared, slackMs })], marks: true },
      { label: `recommended: ${recommended.kind}`, colour: 'recommended', values: [xy(recommended)], marks: true },
      { label: 'dropped by each grace', colour: 'curve', values: shown.map(xy), marks: false },
    ],
  };
}

function windows({ windows }: PolicyReport, id: string): PlainChart | undefined {
  const worst = windows?.worst.filter(({ records }) => records !== undefined) ?? [];
  if (worst.length === 0) return undefined;
  return {
    ...plain,
    id,
    type: 'bar',
    labels: worst.map(({ startMs }) => utc(startMs).slice(5)),
    stacked: true,
    horizontal: true,
    xTitle: 'records',
    series: [
      { label: 'lost', colour: 'dropped', values: worst.map(({ lost }) => lost), marks: false },
      { label: 'counted', colour: 'kept', values: worst.map(({ lost, records }) => records! - lost), marks: false },
    ],
  };
}

function sources({ bySource }: PolicyReport, id: string): PlainChart | undefined {
  const losing = bySource.filter(({ dropped }) => dropped > 0).slice(0, 12);
  if (losing.length < 2) return undefined;
  return {
    ...plain,
    id,
    type: 'bar',
    labels: shortNames(losing.map(({ source }) => source)),
    horizontal: true,
    xTitle: 'records dropped',
    series: [{ label: 'dropped', colour: 'dropped', values: losing.map(({ dropped }) => dropped), marks: false }],
  };
}

const maxLabel = 24;

/** Long names as what tells them apart: without what all of them begin and end with. */
function shortNames(names: readonly string[]): string[] {
  const [one = ''] = names;
  const shared = (at: (name: string, i: number) => string | undefined): number => {
    let length = 0;
    while (length < one.length && names.every((name) => at(name, length) === at(one, length))) length++;
    return length;
  };
  const start = shared((name, i) => name[i]);
  const end = shared((name, i) => name.at(-1 - i));
  return names.map((name) => {
    if (name.length <= maxLabel) return name;
    const telling = name.slice(Math.max(0, start - 2), Math.max(start + 1, name.length - end));
    return `${start > 2 ? '…' : ''}${telling.slice(0, maxLabel)}${end > 0 || telling.length > maxLabel ? '…' : ''}`;
  });
}
