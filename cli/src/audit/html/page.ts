import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { formatCount, formatCounted, formatDuration, verdictWords } from '@tidemark/core';
import { percent } from '../objectives.ts';
import type { AuditReport, PolicyReport } from '../report-shape.ts';
import { exactly, utc } from '../utc.ts';
import { chartsOf } from './charts.ts';
import { drawCharts } from './draw-charts.ts';
import { html, Markup, scriptData, tableOf } from './markup.ts';
import { palettes } from './palettes.ts';
import { moreOf } from './panels.ts';
import { style } from './style.ts';

/** Of incidents, and of partitions: what more there is, is counted. */
const maxListed = 100;

/** One file with everything in it: it opens without a network, and can be sent to a colleague. */
export function pageOf(report: AuditReport): string {
  const { history, policies } = report;
  const charts = history.records === 0 ? [] : policies.flatMap(chartsOf);
  const library = readFileSync(
    join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js'),
    'utf8',
  );
  const script = `drawCharts(window, ${scriptData(charts).text}, ${scriptData(palettes).text});`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audit of ${history.name}</title><style>${new Markup(style)}</style></head><body>
<header><h1>Audit of ${history.name}</h1>
<p class="faint">${said(history)} Order of arrival: ${history.order}.</p>
${history.notes.map((note) => html`<p class="faint">${note}</p>`)}
${Object.entries(history.skipped).map(([reason, { count, examples }]) => html`<p class="bad">Passed over ${formatCount(count)}: ${reason} (${examples.join('; ')}).</p>`)}
${history.incomplete === undefined ? undefined : html`<p class="bad">Not all of it: ${history.incomplete}</p>`}
</header><main>
${history.records === 0 ? html`<p class="said">There is no record in it, so there is nothing to judge.</p>` : bodyOf(report)}
</main><footer>Made by Tidemark. Times in UTC.</footer>
<script>${new Markup(library.replaceAll('</script', '<\\/script'))}</script>
<script>${new Markup(drawCharts.toString())}
${new Markup(script)}</script></body></html>
`.text;
}

function bodyOf(report: AuditReport): Markup {
  const { policies, incidents } = report;
  return html`${policies.map((policy, at) => policyOf(policy, at))}
${incidents.length === 0 ? undefined : html`<h2>What happened</h2><section class="panel"><div class="long"><ul>${incidents.slice(0, maxListed).map(({ sentence }) => html`<li>${sentence}</li>`)}</ul></div>${andMore(incidents.length, 'incident')}</section>`}
${moreOf(report)}`;
}

function policyOf(policy: PolicyReport, at: number): Markup {
  const { records, dropped, windows, advice, lateness, objectives } = policy;
  const charts = chartsOf(policy, at);
  const titles: { readonly [kind: string]: string } = {
    time: policy.byCause.length > 0 ? 'Dropped over time, by cause' : 'Dropped over time',
    curve: `What each grace would have cost (${policy.curve.method === 'onePass' ? 'one pass, exact' : 'a replay for each'})`,
    windows: 'The worst windows',
    sources: 'By source',
  };
  const kindOf = (id: string): string => id.split('-')[0]!;
  return html`<h2>${policy.name}</h2>
<div class="figures">
${figure(formatCount(dropped), `dropped of ${formatCount(records)} (${percent(records === 0 ? 0 : dropped / records)})`)}
${windows && figure(formatCount(windows.touched), `windows wrong of ${formatCount(windows.windows)}`)}
${lateness && figure(formatDuration(lateness.maxMs), 'the worst was late by')}
${figure(exactly(policy.curve.zeroAtMs), 'grace that loses nothing')}
</div>
<p class="said">${advice.sentence}</p>
${objectives.map(({ objective, allowed, found, isMet }) => html`<p class="${isMet ? 'good' : 'bad'}">${isMet ? '✓' : '✕'} ${objective}: ${found}, allowed ${allowed}</p>`)}
<div class="panels">
${charts.map(({ id }) => html`<section class="panel${['time', 'curve'].includes(kindOf(id)) ? ' wide' : ''}"><h3>${titles[kindOf(id)]!}</h3><div class="plot"><canvas id="${id}"></canvas></div></section>`)}
${panels(policy)}
</div>`;
}

function panels(policy: PolicyReport): Markup[] {
  const { advice, byCause, windows, choices, byPartition, traps, bounds, punctuations, stoppedAt } = policy;
  const panel = (title: string, content: Markup, wide = false): Markup =>
    html`<section class="panel${wide ? ' wide' : ''}"><h3>${title}</h3>${content}</section>`;
  const made = [
    panel(
      'Drop, wait, or correct',
      html`${tableOf(
        ['', 'for', 'dropped', 'corrected', 'waited', 'cost'],
        advice.options.map((option) => [
          option.kind,
          option.slackMs === 0 ? '' : exactly(option.slackMs),
          formatCount(option.dropped),
          option.updates === 0 ? '' : formatCount(option.updates),
          option.waitedSeconds === 0 ? '' : formatDuration(option.waitedSeconds * 1_000),
          option.cost === undefined ? '' : formatCount(Math.round(option.cost)),
        ]),
        [1, 2, 3, 4, 5],
      )}<p class="faint">${guideline(policy)}</p>`,
    ),
  ];
  if (byCause.length > 0) {
    const rows = byCause.map((row) => [
      verdictWords[row.verdict],
      row.class,
      formatCount(row.dropped),
      percent(row.dropped / policy.dropped),
    ]);
    made.push(panel('Why they were late', tableOf(['cause', '', 'dropped', 'share'], rows, [2, 3])));
  }
  if (choices.length > 1) {
    const rows = choices.map((row) => [
      row.choice,
      formatCount(row.late),
      formatCount(row.dropped),
      row.choice === 'event' ? '' : formatCount(row.misplaced),
    ]);
    made.push(
      panel(
        'Had it judged by another time',
        tableOf(['time', 'late', 'dropped', 'in another window'], rows, [1, 2, 3]),
      ),
    );
  }
  if (windows !== undefined && windows.worst.length > 0) {
    const rows = windows.worst.map((row) => [
      utc(row.startMs),
      formatCount(row.lost),
      row.records === undefined ? '?' : formatCount(row.records),
      row.error === undefined ? '?' : percent(row.error),
      formatDuration(row.moreSlackMs),
      row.earlyMs === undefined ? '?' : formatDuration(row.earlyMs),
      row.closedBy === undefined ? '?' : `${row.closedBy.topic}-${row.closedBy.partition}@${row.closedBy.offset}`,
    ]);
    made.push(
      panel(
        'Windows that closed too early',
        tableOf(['window', 'lost', 'of', 'wrong by', 'more grace', 'too early by', 'closed by'], rows, [1, 2, 3, 4, 5]),
        true,
      ),
    );
  }
  const losing = byPartition.filter(({ dropped }) => dropped > 0);
  if (losing.length > 0) {
    const rows = losing.slice(0, maxListed).map((row) => {
      const listed = row.offsets
        .slice(0, 12)
        .map(([first, last]) => (first === last ? String(first) : `${first}–${last}`));
      const more = row.offsets.length - listed.length;
      return [
        `${row.topic}-${row.partition}`,
        formatCount(row.records),
        formatCount(row.dropped),
        `${listed.join(', ')}${more > 0 ? `, and ${formatCount(more)} ranges more` : ''}`,
      ];
    });
    const table = tableOf(['partition', 'records', 'dropped', 'offsets'], rows, [1, 2]);
    made.push(panel('Dropped offsets', html`${table}${andMore(losing.length, 'partition')}`, true));
  }
  const findings = [
    ...(stoppedAt === undefined
      ? []
      : [
          `The application stops at ${stoppedAt.topic}-${stoppedAt.partition}@${stoppedAt.offset}: a negative timestamp.`,
        ]),
    ...(bounds === undefined
      ? []
      : [
          `In every order that its partitions can have been read in, at least ${formatCount(bounds.least)} (record, window) pairs are refused; in some, up to ${formatCount(bounds.most)}.`,
        ]),
    ...(punctuations === undefined
      ? []
      : [
          `Stream-time timers every ${formatDuration(punctuations.everyMs)}: ${formatCount(punctuations.early)} of ${formatCount(punctuations.fired)} fired before all of their records had come, up to ${formatDuration(punctuations.earlyMaxMs)} too early.`,
        ]),
    ...traps.map((trap) => `${trap.kind}, ${formatCount(trap.count)} times: ${trap.sentence}`),
  ];
  if (findings.length > 0)
    made.push(panel('Findings', html`<ul>${findings.map((text) => html`<li>${text}</li>`)}</ul>`, true));
  return made;
}

/** Likelihood, length, impact, benefit, in one breath. */
function guideline({ advice, records, windows }: PolicyReport): string {
  const { likelihood, delay, impact } = advice;
  return [
    `Without any grace ${percent(likelihood)} of ${formatCount(records)} records would miss their windows`,
    ...(delay === undefined
      ? []
      : [
          `the late ones come ${formatDuration(delay.p50Ms)} late at the median, ${formatDuration(delay.p99Ms)} at the 99th percentile`,
        ]),
    ...(impact.worstError === undefined || windows === undefined
      ? []
      : [`as declared, ${formatCount(windows.touched)} windows are wrong, the worst by ${percent(impact.worstError)}`]),
    ...(impact.cost === undefined ? [] : [`which costs ${formatCount(Math.round(impact.cost))}`]),
  ]
    .join('; ')
    .concat('.');
}

function figure(value: string, says: string): Markup {
  return html`<div class="figure"><b>${value}</b><span class="faint">${says}</span></div>`;
}

function andMore(count: number, what: string): Markup | undefined {
  return count <= maxListed
    ? undefined
    : html`<p class="faint">And ${formatCounted(count - maxListed, `${what} more`, `${what}s more`)}: all are in <code>--json</code>.</p>`;
}

function said({ records, sources, partitions, firstEventMs, lastEventMs }: AuditReport['history']): string {
  const counts = [
    formatCounted(records, 'record'),
    formatCounted(sources, 'source'),
    formatCounted(partitions, 'partition'),
  ].join(', ');
  return firstEventMs === undefined || lastEventMs === undefined
    ? `${counts}.`
    : `${counts}; event times ${utc(firstEventMs)} to ${utc(lastEventMs)}.`;
}
