import { type FieldNames, type HistorySetting, timeUnits } from '@tidemark/config';
import { audit } from '@tidemark/core';
import { HistoryFault, type Tally, timeFault } from './history.ts';

const maxPartition = 1_000_000;

export type FileSetting = HistorySetting & { readonly kind: 'file' };

/** Tried in turn where the user named none. */
const usual: { readonly [F in keyof FieldNames]: readonly string[] } = {
  time: ['time', 'timestamp', 'ts', 'eventTime', 'event_time', 'eventMs'],
  topic: ['topic'],
  partition: ['partition'],
  offset: ['offset'],
  key: ['key'],
  source: ['source', 'producerId', 'producer'],
  append: ['append', 'appendTime', 'append_time'],
  fetched: ['fetched', 'fetchTime'],
  processed: ['processed', 'processingTime'],
};

export type Fields = { readonly [F in keyof FieldNames]: string | undefined };

/** Which field of a row is which; a name that the user gave must be there, and a time must be found. */
export function resolveFields(path: string, given: FieldNames, there: readonly string[]): Fields {
  const resolved: { -readonly [F in keyof FieldNames]: string | undefined } = { ...given };
  for (const field of Object.keys(usual) as (keyof FieldNames)[]) {
    const name = given[field];
    if (name !== undefined && !there.includes(name)) {
      throw new HistoryFault(`--${field}-field: ${path} has no "${name}"; it has ${there.join(', ')}`);
    }
    resolved[field] = name ?? usual[field].find((one) => there.includes(one));
  }
  if (resolved.time === undefined) {
    throw new HistoryFault(
      `${path}: none of ${usual.time.join(', ')} is there; name the event time with --time-field, one of ${there.join(', ')}`,
    );
  }
  return resolved;
}

/** Turns the rows of a file into records: numbers places and sources, keeps what came before of each. */
export class RowReader {
  readonly #path: string;
  readonly #directory: audit.Directory;
  readonly #fields: Fields;
  readonly #perMs: number;
  readonly #tally: Tally;
  readonly #record = audit.createAudited();
  readonly #lastOffset: number[] = [];
  #arrivalMs = Number.NEGATIVE_INFINITY;

  constructor(setting: FileSetting, fields: Fields, directory: audit.Directory, tally: Tally) {
    this.#path = setting.path;
    this.#fields = fields;
    this.#directory = directory;
    this.#perMs = timeUnits[setting.timeUnit];
    this.#tally = tally;
  }

  /** Undefined: passed over and counted. The record is filled again with the next row. */
  read(get: (field: string) => unknown, line: number): audit.Audited | undefined {
    const { time, topic, partition, offset, key, source, append, fetched, processed } = this.#fields;
    const record = this.#record;
    const where = (): string => `line ${line}`;
    record.eventMs = this.#timeOf(get(time!));
    const fault = record.eventMs === -1 ? 'no timestamp (-1)' : timeFault(record.eventMs);
    if (fault !== undefined) {
      this.#tally.skip(fault, where);
      return undefined;
    }
    const number = partition === undefined ? 0 : wholeOf(get(partition));
    if (number === undefined || number > maxPartition) {
      this.#tally.skip('the partition is not a whole number up to 1,000,000', where);
      return undefined;
    }
    const topicName = topic === undefined ? 'file' : String(get(topic) ?? 'file');
    record.place = this.#directory.placeOf(topicName, number);
    const at = offset === undefined ? (this.#lastOffset[record.place] ?? -1) + 1 : wholeOf(get(offset));
    if (at === undefined) {
      this.#tally.skip('the offset is not a whole number', where);
      return undefined;
    }
    const last = this.#lastOffset[record.place] ?? -1;
    if (at <= last) {
      throw new HistoryFault(
        `${this.#path}, line ${line}: offset ${at} of ${topicName}-${number} comes after ${last}; sort the file by arrival, so that offsets ascend in each partition`,
      );
    }
    this.#lastOffset[record.place] = at;
    record.offset = at;
    const name = source === undefined ? undefined : get(source);
    record.source = this.#directory.sourceOf(
      name === undefined || name === null || name === '' || name === -1 || name === '-1'
        ? { kind: 'partition', topic: topicName, partition: number }
        : { kind: 'named', name: String(name) },
    );
    const found = key === undefined ? '' : get(key);
    record.key = found === undefined || found === null ? undefined : String(found);
    record.appendMs = append === undefined ? Number.NaN : this.#timeOf(get(append));
    record.fetchedMs = fetched === undefined ? Number.NaN : this.#timeOf(get(fetched));
    record.processedMs = processed === undefined ? Number.NaN : this.#timeOf(get(processed));
    // What is known of when it came; without anything, not before the youngest event that came before it.
    const known = Number.isNaN(record.appendMs) ? record.processedMs : record.appendMs;
    const cameMs = Number.isNaN(known) ? record.eventMs : known;
    if (cameMs > this.#arrivalMs) this.#arrivalMs = cameMs;
    record.arrivalMs = this.#arrivalMs;
    this.#tally.records++;
    return record;
  }

  #timeOf(value: unknown): number {
    if (typeof value === 'number') return Math.round(value * this.#perMs);
    if (typeof value !== 'string' || value === '') return Number.NaN;
    if (/^-?\d+(\.\d+)?$/.test(value)) return Math.round(Number(value) * this.#perMs);
    return Date.parse(value);
  }
}

function wholeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}
