import { producerLimits, type Report, reportLimits, reportVersion, type Sketch, topologyLimits } from '@tidemark/core';
import { z } from 'zod';
import { producer } from './producer-schema.ts';
import { list, maxFaults } from './report-lists.ts';
import {
  count,
  durationMs,
  instantMs,
  name,
  node,
  offset,
  offsetRanges,
  sentence,
  topicPartition,
} from './report-values.ts';
import type { SameType } from './same-type.ts';

/**
 * Report v1 as it is accepted at the door. Unknown fields are refused, because a misspelt one would be lost without a word;
 * a newer agent raises the version instead. `sameType` below fails to compile as soon as this and core's type differ.
 */
const { maxNameLength, maxTasks, maxCellsPerTask, maxFetchCellsPerTask, maxRangesPerDrops } = reportLimits;

/** Lists of a report that have no bound of their own in `reportLimits`. */
const maxAssignments = 1024;
const maxPartitions = 20_000;
const maxPolicies = 64;
const maxReadings = 1024;
const maxReasons = 64;
const maxSources = 64;

const policy = z.strictObject({
  id: name,
  window: z.strictObject({ kind: z.literal('tumbling'), sizeMs: z.number().positive() }),
  graceMs: durationMs,
});

const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('named'), name }),
  z.strictObject({ kind: z.literal('producer'), producerId: name }),
  z.strictObject({ kind: z.literal('partition'), ...topicPartition }),
  z.strictObject({ kind: z.literal('overflow') }),
]);

const append = z.strictObject({
  lowMs: instantMs.exactOptional(),
  highMs: instantMs.exactOptional(),
  exact: z.literal(true).exactOptional(),
});

const culprit = z.strictObject({
  ...topicPartition,
  offset,
  source,
  eventMs: instantMs,
  append,
  processedMs: instantMs,
});

const point = z.strictObject({ offset, eventMs: instantMs, append });

/** For the clocks only, never shown: a stamp of any clock, however wrong, is evidence. */
const pair = z.strictObject({ fromMs: z.number(), toMs: z.number() });

/** Buckets of magnitudes in (2^-10, 2^53], 2^scale a doubling: one far outside would make a merge allocate without bound. */
const sketchScale = 5;
const lowestBucket = -10 * 2 ** sketchScale;
const bucketsEnd = 53 * 2 ** sketchScale;

const side = z
  .strictObject({ offset: z.int(), counts: z.array(count).max(bucketsEnd - lowestBucket) })
  .refine(
    ({ offset, counts }) => counts.length === 0 || (offset >= lowestBucket && offset + counts.length <= bucketsEnd),
    {
      error: `expected buckets from ${lowestBucket} up to ${bucketsEnd - 1}`,
    },
  );

const sketch = z
  .strictObject({
    scale: z.int().min(sketchScale).max(sketchScale),
    count,
    zero: count,
    positive: side,
    negative: side,
  })
  .refine((sketch) => sketch.count === countedIn(sketch), { error: 'expected count to be the sum of its buckets' });

const drops = z.strictObject({
  policy: name,
  count,
  offsets: offsetRanges(maxRangesPerDrops),
  overflow: count,
  graceNeededMs: durationMs,
  firstWindowEndMs: instantMs,
  closedBy: culprit.exactOptional(),
});

const lateCell = z.strictObject({
  count,
  firstOffset: offset,
  lastOffset: offset,
  minEventMs: instantMs,
  maxEventMs: instantMs,
  minStreamTimeMs: instantMs,
  maxStreamTimeMs: instantMs,
  outOfOrder: count,
  maxLatenessMs: durationMs,
  latenessMs: sketch,
  lastAppendMs: instantMs.exactOptional(),
  culprit,
  dropped: list(drops, maxPolicies),
});

const cell = z.strictObject({
  ...topicPartition,
  source,
  producerId: name.exactOptional(),
  firstSequence: count.exactOptional(),
  leader: node.exactOptional(),
  leaderEpoch: node.exactOptional(),
  secondMs: instantMs,
  count,
  first: point,
  last: point,
  minEventMs: instantMs,
  maxEventMs: instantMs,
  outOfOrder: count,
  outOfOrderMaxMs: durationMs,
  gap: z.strictObject({ before: point, after: point }).exactOptional(),
  quickest: point.exactOptional(),
  slowest: point.exactOptional(),
  brokerClock: z.strictObject({ lowMs: z.number(), highMs: z.number() }).exactOptional(),
  createToAppend: pair.exactOptional(),
  appendToFetch: pair.exactOptional(),
  createToFetch: pair.exactOptional(),
  fetchToProcess: pair.exactOptional(),
  batchStartToFetch: pair.exactOptional(),
  createOrder: z
    .strictObject({ steps: count, backwards: count, leastMs: z.number(), mostMs: z.number() })
    .exactOptional(),
  late: lateCell.exactOptional(),
});

const fetchCell = z.strictObject({
  ...topicPartition,
  secondMs: instantMs,
  leader: node.exactOptional(),
  asked: count,
  answered: count,
  errors: count,
  firstHighWaterOffset: offset.exactOptional(),
  lastHighWaterOffset: offset.exactOptional(),
  position: offset.exactOptional(),
  paused: z.boolean(),
});

const task = z.strictObject({
  // Group and member, with a stroke between.
  id: z
    .string()
    .min(1)
    .max(2 * maxNameLength + 1),
  group: name,
  member: name,
  cluster: name.exactOptional(),
  policies: list(policy, maxPolicies),
  streamTimeMs: instantMs.exactOptional(),
  streamTimeBy: culprit.exactOptional(),
  assignments: list(
    z.strictObject({ atMs: instantMs, partitions: list(z.strictObject(topicPartition), maxPartitions) }),
    maxAssignments,
  ),
  cells: list(cell, maxCellsPerTask),
  fetches: list(fetchCell, maxFetchCellsPerTask),
});

const clock = z.strictObject({
  source: sentence,
  sources: list(z.strictObject({ name, trouble: sentence.exactOptional() }), maxSources).exactOptional(),
  readings: list(
    z.strictObject({
      atMs: instantMs,
      offsetMs: z.number(),
      errorMs: durationMs,
      server: name,
      delayMs: durationMs.exactOptional(),
      rootMs: durationMs.exactOptional(),
      epoch: count,
    }),
    maxReadings,
  ),
  steps: list(z.strictObject({ atMs: instantMs, byMs: z.number(), epoch: count }), maxReadings),
  epoch: count.exactOptional(),
});

const countsByName = z
  .custom<{ readonly [name: string]: unknown }>(
    (value) => typeof value === 'object' && value !== null && Object.keys(value).length <= maxReasons,
    { error: `expected an object of at most ${maxReasons} counts` },
  )
  .pipe(z.record(name, count));

const report = z.strictObject({
  version: z.literal(reportVersion),
  agent: z.strictObject({
    id: name.min(1),
    host: name,
    processId: z.int(),
    startedMs: instantMs,
    version: name,
    client: name,
  }),
  sequence: count,
  fromMs: instantMs,
  toMs: instantMs,
  tasks: list(task, maxTasks),
  produced: list(name, topologyLimits.maxProducedTopics).exactOptional(),
  producers: list(producer, producerLimits.maxProducers).exactOptional(),
  clock,
  health: z.strictObject({
    queuedReports: count,
    droppedReports: count,
    records: count,
    redelivered: count,
    unreadable: countsByName,
    overflow: countsByName,
    errors: count,
  }),
});

/** For the test of `docs/report.md`. */
export const reportSchema: z.ZodType<Report> = report;

/** One thing that is wrong with a report: where, as `tasks[0].cells[3].count`, and what was expected there. */
export interface ReportFault {
  readonly path: string;
  readonly message: string;
}

export type CheckedReport =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly faults: readonly ReportFault[] };

export function checkReport(value: unknown): CheckedReport {
  const read = report.safeParse(value);
  if (read.success) return { ok: true, report: read.data };
  return { ok: false, faults: read.error.issues.slice(0, maxFaults).map(faultOf) };
}

/** Names that a report makes up are in path and message: they are not sent back at any length. */
const maxSaidLength = 300;

function faultOf({ path, message }: z.core.$ZodIssue): ReportFault {
  return { path: z.core.toDotPath(path).slice(0, maxSaidLength), message: message.slice(0, maxSaidLength) };
}

function countedIn(sketch: Sketch): number {
  let counted = sketch.zero;
  for (const n of sketch.positive.counts) counted += n;
  for (const n of sketch.negative.counts) counted += n;
  return counted;
}

const sameType: SameType<z.infer<typeof report>, Report> = true;
void sameType;
