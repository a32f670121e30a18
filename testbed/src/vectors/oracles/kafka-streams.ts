import { dialects } from '@tidemark/core';
import { compare, compareSteps } from '../compare.ts';
import type { Mismatch } from '../mismatch.ts';
import { WindowRun } from './kafka-streams-run.ts';
import { readKafkaStreamsSpec } from './kafka-streams-spec.ts';
import { InputFault, integer, list, object, oneOf } from './read.ts';
import { readTrace, type TraceRecord } from './trace.ts';
import { type WindowRow, WindowTable } from './window-table.ts';

const informative: ReadonlySet<string> = new Set(['differences']);
const stopped: ReadonlySet<string> = new Set([...informative, 'exception', 'windows', 'final', 'counters']);

/** `kafka-streams`, kind `window`: every record through the engine's own test driver. */
export function judgeKafkaStreamsWindow(content: Record<string, unknown>): Mismatch[] {
  const fields = object(content.spec, 'spec');
  const spec = readKafkaStreamsSpec(fields, ['emitIntervalMs']);
  const emitIntervalMs = integer(fields.emitIntervalMs ?? 0, 'spec.emitIntervalMs', 0);
  const perPartition = oneOf(fields.tasks, 'spec.tasks', ['single', 'perPartition']) === 'perPartition';
  const trace = readTrace(content.trace, { arrivalsOrdered: true });
  const want = object(content.expected, 'expected');

  const tasks = new Map<number, WindowRun>();
  const taskOf = (record: TraceRecord): number => (perPartition ? record.partition : 0);
  for (const task of [...new Set(trace.map(taskOf))].sort((a, b) => a - b)) {
    tasks.set(task, new WindowRun(spec, emitIntervalMs));
  }
  const table = new WindowTable();
  const records: { dropped: number }[] = [];
  const suppress: Final[][] = [];
  const onWindowClose: Final[][] = [];
  for (const record of trace) {
    const task = taskOf(record);
    try {
      const step = tasks.get(task)!.take(record);
      records.push(step.record);
      for (const row of step.record.updates) table.set(row, perPartition ? task : undefined);
      suppress.push(finals(record, step.suppressed));
      onWindowClose.push(finals(record, step.closed));
    } catch (error) {
      if (!(error instanceof dialects.kafkaStreams.EngineStopped)) throw error;
      return judgeStopped(want, record.i, records);
    }
  }
  const got = {
    records,
    windows: table.sorted(),
    counters: {
      droppedRecordsTotal: records.reduce((sum, { dropped }) => sum + dropped, 0),
      recordsWithDrop: records.filter(({ dropped }) => dropped > 0).length,
      tasks: [...tasks].map(([task, { metrics }]) => ({
        task,
        'dropped-records-total': metrics.dropped,
        'record-lateness-avg': metrics.latenessAvg,
        'record-lateness-max': metrics.latenessMax,
      })),
    },
  };
  const { final, ...rest } = want;
  const wantFinal = object(final, 'expected.final');
  return [
    ...compare(rest, got, 'expected', informative),
    ...compare(Object.keys(wantFinal).sort(), ['onWindowClose', 'suppress'], 'expected.final', informative),
    ...compareSteps(wantFinal.suppress, suppress, 'expected.final.suppress', informative),
    ...compareSteps(wantFinal.onWindowClose, onWindowClose, 'expected.final.onWindowClose', informative),
  ];
}

type Final = { readonly after: number; readonly window: WindowRow };

function finals({ i }: TraceRecord, rows: readonly WindowRow[]): Final[] {
  return rows.map((window) => ({ after: i, window }));
}

/** Where the application stops, what it did before counts, and where it stopped. */
function judgeStopped(want: Record<string, unknown>, atRecord: number, records: readonly unknown[]): Mismatch[] {
  if (want.error === undefined) throw new InputFault('expected.error', `an error at record ${atRecord}`, undefined);
  const before = { ...want, records: list(want.records, 'expected.records').slice(0, atRecord) };
  return compare(before, { records, error: { atRecord } }, 'expected', stopped);
}
