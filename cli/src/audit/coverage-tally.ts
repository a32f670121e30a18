import type { Coverage } from 'tidemark/history';
import type { HistoryTally, Tally } from './history.ts';

/** What a scan left out, and what it does not cover. */
export function covered(tally: Tally, coverages: readonly Coverage[]): HistoryTally {
  const partitions = coverages.flatMap(({ topic, partitions }) => partitions.map((of) => ({ topic, ...of })));
  for (const { topic, partition, skipped, unreadable } of partitions) {
    for (const [reason, count] of Object.entries(skipped)) {
      // What the log cleaner took and markers of transactions are no records that anybody would see.
      if (reason === 'compacted' || reason === 'markers' || count === 0) continue;
      const first =
        reason === 'unreadable' && unreadable[0] !== undefined ? `@${unreadable[0].offset}: ${unreadable[0].why}` : '';
      tally.skip(reasons[reason] ?? reason, () => `${topic}-${partition}${first}`, count);
    }
  }
  tally.bytes = coverages.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = partitions.filter(({ end }) => end.kind !== 'complete');
  if (parts.length === 0) return tally.result();
  const said = parts.slice(0, 5).map(({ topic, partition, fromOffset, nextOffset, toOffset, end }) => {
    const why = end.kind === 'failed' ? end.why : end.kind;
    return `${topic}-${partition} covers offsets ${fromOffset} to ${nextOffset} of ${toOffset} (${why})`;
  });
  return tally.result(`${said.join('; ')}${parts.length > 5 ? `; and ${parts.length - 5} more` : ''}`);
}

const reasons: { readonly [reason: string]: string } = {
  aborted: 'of transactions that were given up',
  removed: 'removed by retention before they could be read',
  unreadable: 'in batches that cannot be read',
};
