import { formatCount, formatDuration } from '@tidemark/core';
import type { AuditReport } from '../report-shape.ts';
import { html, type Markup, tableOf } from './markup.ts';

/** What is about the history and not about a policy. */
export function moreOf({ order, replays }: AuditReport): Markup {
  return html`${order && orderOf(order)}${replays && replaysOf(replays)}`;
}

function orderOf({ distance, across, clockBoundMs, digest }: NonNullable<AuditReport['order']>): Markup {
  return html`<h2>Order</h2><section class="panel">
<p>${formatCount(distance.certain)} pairs of records were taken in the wrong order of event time for certain, up to ${formatCount(distance.possible)} possibly (clocks to within ${formatDuration(clockBoundMs)}); across partitions ${formatCount(across.certain)} and ${formatCount(across.possible)}.</p>
<p>${formatCount(distance.displaced)} records came too late, at most past ${formatCount(distance.displacementMax)} others. Digest of the order: ${digest}.</p></section>`;
}

function replaysOf({ rows, note }: NonNullable<AuditReport['replays']>): Markup {
  return html`<h2>Would a replay give the same windows?</h2><section class="panel">${
    rows.length === 0
      ? undefined
      : tableOf(
          ['policy', 'scheduler', 'dropped', 'only live', 'only in the replay', 'windows that change', ''],
          rows.map((row) => [
            row.policy,
            row.scheduler,
            formatCount(row.dropped),
            formatCount(row.onlyLive),
            formatCount(row.onlyReplay),
            row.windowsChanged === undefined ? '?' : formatCount(row.windowsChanged),
            row.isSame ? 'the same' : 'differs',
          ]),
          [2, 3, 4, 5],
        )
  }<p class="faint">${note}</p></section>`;
}
