import { basename } from 'node:path';
import type { audit } from '@tidemark/core';
import { parse } from 'csv-parse';
import { type Fields, type FileSetting, RowReader, resolveFields } from './file-fields.ts';
import { type History, HistoryFault, type HistoryShape, type HistoryTally, Tally } from './history.ts';
import { eachLine, openBytes, unreadable } from './lines.ts';

/** A row of either format: its field names, and how to get at one. */
type Row = { readonly names: readonly string[]; readonly get: (field: string) => unknown };
type EachRow = (take: (row: Row, line: number) => void, tally: Tally) => Promise<void>;

/** A history from a file of JSON lines or CSV, in the order of its lines. */
export async function fileHistory(setting: FileSetting, directory: audit.Directory): Promise<History> {
  const { path } = setting;
  if (path === '-') throw new HistoryFault('--file -: standard input can be read only once; give a file');
  const format = setting.format ?? (/\.csv(\.gz)?$/i.test(path) ? 'csv' : 'jsonl');
  const rows: EachRow = format === 'csv' ? csvRows(setting) : jsonRows(setting);
  const fields = resolveFields(path, setting.fields, await namesOf(path, rows));
  return {
    shape: shapeOf(setting, fields),
    placesKnown: false,
    read: (take) => readRows(rows, setting, fields, directory, take),
  };
}

class Enough extends Error {}

/** The fields of the first row; a JSON line may lack some that later ones have, so the first thousand are looked at. */
async function namesOf(path: string, rows: EachRow): Promise<string[]> {
  const names = new Set<string>();
  const tally = new Tally();
  let looked = 0;
  try {
    await rows((row) => {
      for (const name of row.names) names.add(name);
      if (++looked === 1_000) throw new Enough();
    }, tally);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  if (looked === 0) {
    const [reason, skipped] = Object.entries(tally.result().skipped)[0] ?? [];
    const why = reason === undefined ? 'it is empty' : `${reason} (${skipped!.examples[0]})`;
    throw new HistoryFault(`${path}: there is no record in it: ${why}`);
  }
  return [...names];
}

async function readRows(
  rows: EachRow,
  setting: FileSetting,
  fields: Fields,
  directory: audit.Directory,
  take: (record: audit.Audited) => void,
): Promise<HistoryTally> {
  const tally = new Tally();
  const reader = new RowReader(setting, fields, directory, tally);
  await rows((row, line) => {
    const record = reader.read(row.get, line);
    if (record !== undefined) take(record);
  }, tally);
  return tally.result();
}

function jsonRows({ path }: FileSetting): EachRow {
  return (take, tally) => {
    let object: { readonly [field: string]: unknown } = {};
    const get = (field: string): unknown => object[field];
    return eachLine(path, (line, number) => {
      tally.bytes += line.length;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        value = undefined;
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        tally.skip('not a JSON object', () => `line ${number}: ${line.slice(0, 60)}`);
        return;
      }
      object = value as typeof object;
      take({ names: Object.keys(object), get }, number);
    });
  };
}

function csvRows({ path, delimiter }: FileSetting): EachRow {
  return async (take, tally) => {
    let names: string[] | undefined;
    let places = new Map<string, number>();
    let row: readonly string[] = [];
    const get = (field: string): unknown => row[places.get(field)!];
    const parser = (await openBytes(path))
      .on('error', (error) => parser.destroy(error))
      .pipe(parse({ delimiter, bom: true, skip_empty_lines: true, relax_column_count: true, trim: true }));
    try {
      for await (const cells of parser as AsyncIterable<string[]>) {
        if (names === undefined) {
          names = cells;
          places = new Map(cells.map((name, at) => [name, at]));
          continue;
        }
        const line = parser.info.lines;
        if (cells.length !== names.length) {
          tally.skip(
            'another number of columns than the header',
            () => `line ${line}: ${cells.length} of ${names!.length}`,
          );
          continue;
        }
        row = cells;
        take({ names, get }, line);
      }
    } catch (error) {
      if (error instanceof Enough || error instanceof HistoryFault) throw error;
      if ((error as { code?: string }).code?.startsWith('CSV_'))
        throw new HistoryFault(`${path}: ${(error as Error).message}`);
      throw unreadable(path, error);
    }
  };
}

function shapeOf({ path }: FileSetting, fields: Fields): HistoryShape {
  const choices: audit.TimeChoice[] = ['event'];
  if (fields.append !== undefined) choices.push('broker');
  if (fields.fetched !== undefined) choices.push('consumer');
  if (fields.processed !== undefined) choices.push('processing');
  return {
    name: basename(path),
    hasKeys: fields.key !== undefined,
    appendTimes: fields.append === undefined ? 'modelled' : 'broker',
    choices,
    order: 'the order of the lines of the file',
    notes: [
      ...(fields.append === undefined
        ? [
            'The file has no append times: a record is taken to have come when it was processed, or when the youngest event before it happened, so a clock that is ahead cannot be told from the truth.',
          ]
        : []),
      ...(fields.source === undefined ? ['No source is named: each partition is taken for one.'] : []),
      ...(fields.key === undefined ? ['No key is named: every record is taken to have one.'] : []),
    ],
  };
}
