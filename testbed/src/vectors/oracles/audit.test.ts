import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit, type dialects } from '@tidemark/core';
import { expect, test } from 'vitest';
import { readVector, vectorFiles } from '../files.ts';
import { readKafkaStreamsSpec } from './kafka-streams-spec.ts';
import { object } from './read.ts';
import { readTrace, type TraceRecord } from './trace.ts';
import { readWindow } from './window-spec.ts';

// What the engines did with each record, against the path that an audit takes.

const folder = fileURLToPath(new URL('../../../../testdata/oracles', import.meta.url));
type Case = Readonly<Record<string, unknown>>;

const vectors = vectorFiles(folder)
  .map((path) => ({ name: relative(folder, path), content: readVector(path) as Case }))
  .filter(({ content }) => content.kind === 'window');

interface OracleSpec {
  readonly tasks?: string;
  readonly outOfOrdernessMs: number;
  readonly allowedLatenessMs: number;
  readonly idleTimeoutMs: number | undefined;
  readonly watermark: { readonly emission: string; readonly intervalMs: number };
  readonly partitions: 'merged' | 'perSplit' | 'perChannel';
}

/** The policy of a vector, what never reaches its windows, and what its records' `dropped` or `late` are called. */
function read({ engine, spec: given }: Case): {
  readonly spec: dialects.PolicySpec;
  readonly tasks: audit.TaskSharing;
  readonly isFiltered: (record: TraceRecord) => boolean;
} {
  const fields = object(given, 'spec') as unknown as OracleSpec & Record<string, unknown>;
  if (engine === 'kafka-streams') {
    const { extractor, filteredKeys, ...rest } = readKafkaStreamsSpec(fields, ['emitIntervalMs']);
    return {
      spec: { engine, ...rest, timestampExtractor: extractor },
      tasks: fields.tasks === 'perPartition' ? 'partition' : 'all',
      isFiltered: ({ key }) => key !== undefined && filteredKeys.has(key),
    };
  }
  const window = readWindow(fields.window) as Exclude<dialects.WindowShape, { kind: 'sliding' }>;
  const { outOfOrdernessMs, allowedLatenessMs } = fields;
  if (engine === 'beam') {
    return { spec: { engine, window, outOfOrdernessMs, allowedLatenessMs }, tasks: 'all', isFiltered: () => false };
  }
  const { emission, intervalMs } = fields.watermark;
  return {
    spec: {
      engine: 'flink',
      window,
      outOfOrdernessMs,
      allowedLatenessMs,
      idleTimeoutMs: fields.idleTimeoutMs,
      watermarkIntervalMs: emission === 'periodic' ? intervalMs : undefined,
      partitions: fields.partitions,
    },
    tasks: 'all',
    isFiltered: () => false,
  };
}

/** Watermarks with every record and, beside them, ticks for idleness: a mixture that no policy of ours can say. */
const isSayable = ({ engine, spec }: Case): boolean => {
  const { watermark } = spec as { watermark?: { emission: string; intervalMs: number } };
  return engine !== 'flink' || watermark!.emission === 'periodic' || watermark!.intervalMs === 0;
};

test.for(vectors.filter(({ content }) => isSayable(content)))(
  'the audit of $name refuses what the engine refused',
  ({ content }) => {
    const { spec, tasks, isFiltered } = read(content);
    const trace = readTrace(content.trace, { arrivalsOrdered: true });
    const { records, error } = content.expected as {
      records: { dropped?: number; late?: boolean }[];
      error?: { atRecord: number };
    };
    const directory = new audit.Directory();
    const policy = { name: 'vector', spec, tasks, emit: 'onWindowUpdate', objective: undefined } as const;
    const of = new audit.PolicyAudit(policy, { directory, hasKeys: true, slacksMs: [0, audit.slackMsOf(spec)] });
    const partitions = (content.spec as { partitionCount?: number }).partitionCount ?? 1;
    of.expect(Array.from({ length: partitions }, (_, partition) => directory.placeOf('input', partition)));
    const scratch = audit.createAudited();
    const got: number[] = [];
    for (const record of trace.slice(0, error?.atRecord)) {
      const before = of.counted;
      Object.assign(scratch, record, { arrivalMs: record.arrivalMs });
      scratch.place = directory.placeOf('input', record.partition);
      scratch.source = directory.sourceOf({ kind: 'partition', topic: 'input', partition: record.partition });
      if (!isFiltered(record)) of.take(scratch);
      got.push(of.counted - before);
    }
    expect(got).toEqual(records.slice(0, error?.atRecord).map(({ dropped, late }) => dropped ?? Number(late)));
    if (error !== undefined) {
      const record = trace[error.atRecord]!;
      Object.assign(scratch, record);
      scratch.place = directory.placeOf('input', record.partition);
      of.take(scratch);
      // What stops at its first record for its windows is refused with the policy; what stops for a timestamp is said.
      expect(of.stoppedAt).toBeDefined();
    }
    // The curve at the declared slack is what happened.
    const slackMs = audit.slackMsOf(spec);
    const point = of.points().findLast((one) => one.graceMs <= slackMs)!;
    // A record between two windows is late by its own time, and in none that a curve could count.
    const hasGaps = spec.window.kind === 'hopping' && spec.window.advanceMs > spec.window.sizeMs;
    if (of.curve.method === 'onePass' && error === undefined && !hasGaps && spec.window.kind !== 'sliding') {
      expect(point.recordsWithDrop).toBe(of.lost + of.partly);
    }
  },
);

test('the vectors are those of all engines', () => {
  const engines = vectors.filter(({ content }) => isSayable(content)).map(({ content }) => content.engine);
  expect(
    Object.fromEntries(
      [...new Set(engines)].sort().map((engine) => [engine, engines.filter((one) => one === engine).length > 10]),
    ),
  ).toEqual({
    beam: true,
    flink: true,
    'kafka-streams': true,
  });
});
