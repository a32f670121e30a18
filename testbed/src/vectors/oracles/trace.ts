import { InputFault, integer, list, object, text } from './read.ts';

export interface TraceRecord {
  readonly i: number;
  readonly topic: string | undefined;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | undefined;
  readonly eventMs: number;
  readonly arrivalMs: number;
  readonly hasValue: boolean;
  readonly phase: number | undefined;
}

/** The trace of an oracle file. Offsets are dense per partition, arrivals do not go back: else no engine has seen it so. */
export function readTrace(value: unknown, { arrivalsOrdered }: { arrivalsOrdered: boolean }): TraceRecord[] {
  const nextOffset = new Map<string, number>();
  let arrivalMs = Number.NEGATIVE_INFINITY;
  return list(value, 'trace').map((item, i) => {
    const where = `trace[${i}]`;
    const record = readRecord(object(item, where), where);
    if (record.i !== i) throw new InputFault(`${where}.i`, `its place in the trace, ${i}`, record.i);
    const id = `${record.topic} ${record.partition}`;
    const due = nextOffset.get(id) ?? 0;
    if (record.offset !== due)
      throw new InputFault(`${where}.offset`, `the next offset of its partition, ${due}`, record.offset);
    nextOffset.set(id, due + 1);
    if (arrivalsOrdered && record.arrivalMs < arrivalMs) {
      throw new InputFault(
        `${where}.arrival`,
        `not before the record in front of it, at ${arrivalMs}`,
        record.arrivalMs,
      );
    }
    arrivalMs = record.arrivalMs;
    return record;
  });
}

function readRecord(fields: Record<string, unknown>, where: string): TraceRecord {
  if (fields.value !== undefined && fields.value !== null)
    throw new InputFault(`${where}.value`, 'null or nothing', fields.value);
  return {
    i: integer(fields.i, `${where}.i`, 0),
    topic: fields.topic === undefined ? undefined : text(fields.topic, `${where}.topic`),
    partition: integer(fields.partition, `${where}.partition`, 0),
    offset: integer(fields.offset, `${where}.offset`, 0),
    key: fields.key === null ? undefined : text(fields.key, `${where}.key`),
    eventMs: integer(fields.ts, `${where}.ts`),
    arrivalMs: integer(fields.arrival, `${where}.arrival`),
    hasValue: fields.value === undefined,
    phase: fields.phase === undefined ? undefined : integer(fields.phase, `${where}.phase`, 0),
  };
}
