import { type Assessment, verdictClass, verdictWords } from '@tidemark/core';
import { behindText } from '../charts/axes.ts';
import { el } from '../element.ts';
import { formatCount } from '../format.ts';
import type { LateBars } from '../late-bars.ts';
import type { At, ProgressView } from '../progress.ts';
import { moreText, type PartitionRow, type Shown, type SourceRow } from '../view.ts';
import { stateWords } from '../words.ts';
import { table, time } from './parts.ts';

/** Chart (a) in numbers: where each line is now and how far down it went. */
export function progressTable(view: ProgressView): HTMLElement {
  const rows = [
    { name: 'stream time S', points: view.streamTime },
    { name: 'true stream time T', points: view.trueTime },
    ...(view.watermark.length === 0 ? [] : [{ name: 'watermark W of its group', points: view.watermark }]),
    ...view.sources,
  ].map((line) => [line.name, behindAt(line.points.findLast(known)), behindAt(furthest(line.points))]);
  return table(
    'Behind the wall clock',
    [{ name: 'Line' }, { name: 'Now', number: true }, { name: 'Furthest behind', number: true }],
    rows,
  );
}

function known(at: At): boolean {
  return !Number.isNaN(at.y);
}

function furthest(points: readonly At[]): At | undefined {
  return points
    .filter(known)
    .reduce<At | undefined>((most, at) => (most === undefined || at.y > most.y ? at : most), undefined);
}

function behindAt(at: At | undefined): string {
  return at === undefined ? 'not known' : behindText(at.y);
}

/** Chart (b) in numbers, beside those since the collector started. */
export function lateTable(bars: LateBars, assessment: Assessment): HTMLElement {
  const since = new Map<string, { late: number; dropped: number }>();
  for (const total of assessment.totals) {
    const row = since.get(total.verdict) ?? { late: 0, dropped: 0 };
    since.set(total.verdict, { late: row.late + total.late, dropped: row.dropped + total.dropped });
  }
  const inWindow = new Map(bars.stacks.map((stack) => [stack.verdict as string, stack]));
  const verdicts = (Object.keys(verdictWords) as (keyof typeof verdictWords)[]).filter(
    (it) => inWindow.has(it) || since.has(it),
  );
  const rows = verdicts.map((verdict) => [
    verdictWords[verdict],
    verdictClass[verdict],
    formatCount(inWindow.get(verdict)?.lateTotal ?? 0),
    formatCount(inWindow.get(verdict)?.droppedTotal ?? 0),
    formatCount(since.get(verdict)?.late ?? 0),
    formatCount(since.get(verdict)?.dropped ?? 0),
  ]);
  if (rows.length === 0) return el('p', { class: 'calm' }, 'No late record so far.');
  return table(
    'Late records by verdict',
    [
      { name: 'Verdict' },
      { name: 'Class' },
      { name: 'Late, shown', number: true },
      { name: 'Dropped, shown', number: true },
      { name: 'Late, all tasks', number: true },
      { name: 'Dropped, all tasks', number: true },
    ],
    rows,
  );
}

export function sourcesPanel(sources: Shown<SourceRow>, partitions: Shown<PartitionRow>, nowMs: number): HTMLElement[] {
  const sourceTable = table(
    'Sources',
    [
      { name: 'Source' },
      { name: 'State' },
      { name: 'Records', number: true },
      { name: 'Late', number: true },
      { name: 'Last event', number: true },
    ],
    sources.rows.map((row) => [
      el('span', {}, row.name, ...row.notes.map((note) => el('small', {}, note))),
      el('span', { class: `state ${row.state}` }, stateWords[row.state]),
      formatCount(row.records),
      formatCount(row.late),
      row.lastEventMs === undefined ? '' : time(row.lastEventMs, nowMs),
    ]),
  );
  const partitionTable = table(
    'Partitions',
    [{ name: 'Partition' }, { name: 'Late', number: true }, { name: 'Dropped', number: true }],
    partitions.rows.map((row) => [row.name, formatCount(row.late), formatCount(row.dropped)]),
  );
  return [
    el('div', { class: 'scroll' }, sourceTable),
    el('p', { class: 'more' }, moreText(sources)),
    el('div', { class: 'scroll' }, partitionTable),
    el('p', { class: 'more' }, moreText(partitions)),
  ];
}
