import { formatCount, formatDuration } from '@tidemark/core';
import { table } from '../audit/plot.ts';
import { utc } from '../audit/utc.ts';
import type { ReprocessPlan } from './plan.ts';

/** The plan as a document: Markdown, which reads as well in a terminal. */
export function planText(plan: ReprocessPlan): string {
  const { group, partitions, volume, time, impact } = plan;
  const offsets = partitions.map((of) => [
    `${of.topic}-${of.partition}`,
    of.committed === undefined ? '' : formatCount(of.committed),
    formatCount(of.startOffset),
    formatCount(of.endOffset),
    formatCount(Math.max(0, of.endOffset - of.startOffset)),
    of.isCut ? 'retention may have taken what came before' : '',
  ]);
  const parts = [
    `# Reprocessing ${group.id} since ${utc(plan.sinceMs)} UTC`,
    '',
    '## 1. Where to start',
    '',
    `At event time ${utc(plan.startMs)} UTC: ${formatDuration(plan.leadMs)} before, because a window that is open then began that long ago, grace included.`,
    '',
    table(['partition', 'committed', 'start', 'end', 'offsets', ''], offsets, ''),
    '',
    '## 2. What to reset',
    '',
    group.members > 0
      ? `Stop the group first: it is ${group.state} with ${formatCount(group.members)} members, and the broker refuses to reset it until they are gone.`
      : `The group is ${group.state} and has no members: it can be reset now.`,
    ...(plan.internalTopics.length > 0
      ? [`It keeps ${plan.internalTopics.join(', ')}; the reset tool empties them.`]
      : []),
    '',
    ...plan.commands.map((command) => `    ${command}`),
    '',
    '## 3. How much it is',
    '',
    `${formatCount(volume.records)} records, about ${formatBytes(volume.bytes)} as stored.`,
    '',
    '## 4. How long it takes',
    '',
    time.sentence,
    '',
    '## 5. What would change',
    '',
  ];
  for (const row of impact) {
    parts.push(
      `${row.policy}, taken in the order ${row.order}: the live run dropped ${formatCount(row.droppedLive)} records from the start on, the replay would drop ${formatCount(row.droppedReplay)}. ` +
        `It would bring back ${formatCount(row.onlyLive)} and lose ${formatCount(row.onlyReplay)} that the live run had; ${formatCount(row.windowsChanged)} windows would change.`,
      ...(row.changed.length === 0
        ? []
        : ['', ...row.changed.slice(0, 10).map(({ startMs, endMs }) => `- ${utc(startMs)} to ${utc(endMs)}`)]),
      ...(row.windowsChanged > 10 ? [`- and ${formatCount(row.windowsChanged - 10)} more`] : []),
      '',
    );
  }
  return `${[...parts, ...plan.notes].join('\n')}\n`;
}

function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1_000 && unit < units.length - 1; unit++) value /= 1_000;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
