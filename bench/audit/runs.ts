import { audit } from '@tidemark/core';
import { type History, partitionCount } from './history.ts';

const spec = {
  engine: 'kafka-streams',
  window: { kind: 'tumbling', sizeMs: 60_000 },
  graceMs: 10_000,
  retentionMs: undefined,
  timestampExtractor: 'FailOnInvalidTimestamp',
} as const;
const policy: audit.AuditPolicy = {
  name: 'tumbling',
  spec,
  tasks: 'partition',
  emit: 'onWindowUpdate',
  objective: undefined,
};

export interface RunOptions {
  readonly slacks: 'one' | 'thousand';
  readonly withOrder?: boolean;
  readonly withCauses?: boolean;
  /** Less than all. */
  readonly records?: number;
}

export function auditOf(
  history: History,
  { slacks, withOrder = false, withCauses = false, records }: RunOptions,
): audit.Audit {
  const directory = new audit.Directory();
  for (let partition = 0; partition < partitionCount; partition++) directory.placeOf('orders', partition);
  for (let producer = 0; producer < 8; producer++)
    directory.sourceOf({ kind: 'producer', producerId: String(producer) });
  const of = new audit.Audit({
    directory,
    policies: [policy],
    hasKeys: false,
    appendTimes: 'broker',
    choices: ['event'],
    clockBoundMs: 0,
    takenWithinMs: 5_000,
    withCauses,
    withOrder,
    slacksMs: slacks === 'one' ? [spec.graceMs] : audit.usualSlacksMs([spec.graceMs]).slice(-1_000),
  });
  const record = audit.createAudited();
  const count = records ?? history.count;
  for (let i = 0; i < count; i++) {
    record.place = history.partitions[i]!;
    record.source = history.sources[i]!;
    record.offset = history.offsets[i]!;
    record.eventMs = history.eventsMs[i]!;
    record.arrivalMs = record.appendMs = history.arrivalsMs[i]!;
    of.take(record);
  }
  of.end();
  return of;
}
