import { audit, formatCount, formatDuration } from '@tidemark/core';
import type { ReplayReport } from './report-shape.ts';

const idlesMs = [1_000, 10_000, 60_000];

/** Each policy in the orders that schedulers would have taken, and what that is worth. */
export function replayReport(
  recorded: audit.Recorded,
  policies: readonly audit.AuditPolicy[],
  directory: audit.Directory,
  engineOrder: audit.LiveOptions | undefined,
): ReplayReport | undefined {
  if (recorded.count === 0) return undefined;
  const asLive = engineOrder && audit.byEventTimeLive(recorded, engineOrder);
  const rows = policies.flatMap((policy) => audit.replaysOf(recorded, policy, directory, idlesMs, asLive) ?? []);
  if (rows.length === 0) {
    return {
      rows,
      note: policies.some(({ spec }) => !audit.hasGrid(spec))
        ? 'Only tumbling and hopping windows are compared.'
        : "Each task has one partition, so its order is the log's: a replay from the beginning gives the same windows.",
    };
  }
  const of = recorded.isCut ? `the first ${formatCount(recorded.count)} records (--replay-records)` : 'all records';
  const reliable = rows.find(({ kind, isSame }) => kind === 'live' && isSame);
  const advice =
    reliable === undefined
      ? `With none of these schedulers would the live run and its replay agree: some partition was silent for longer than ${formatDuration(idlesMs.at(-1)!)}.`
      : `A live run by ${reliable.scheduler} and its replay agree.`;
  return {
    rows,
    note: `Compared over ${of}. Rows that wait are live runs against their own replay, the others replays against the run ${engineOrder ? 'in the order above' : 'as recorded'}. ${advice}`,
  };
}
