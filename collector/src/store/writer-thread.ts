import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { deflateRawSync } from 'node:zlib';
import { answerCalls } from './calls.ts';
import { logKinds, openToWrite } from './database.ts';
import type { Entry, Kept } from './entry.ts';

/**
 * The one thread that writes to the database. What comes while it commits is the next commit: the more comes, the more shares
 * one, and nobody waits for a disk but here.
 */
const { folder } = workerData as { readonly folder: string };

export interface Batch extends Kept {
  readonly entries: readonly Entry[];
  /** The number of the last one before, as far as the asker knows. */
  readonly afterId: number;
}

export interface Trim {
  /** Entries up to this one are in a snapshot… */
  readonly throughId: number;
  /** …and go if they are older than this. */
  readonly logFromMs: number;
  readonly keptFromMs: number;
  readonly maxBytes: number;
}

/** Few enough to be deleted in a moment: a commit may be waiting. */
const chunk = 500;

interface Open {
  readonly database: DatabaseSync;
  readonly append: StatementSync;
  readonly keepIncident: StatementSync;
  readonly keepPoint: StatementSync;
  /** Of the last entry: a thread before this one may have written more than it lived to tell. */
  lastId: number;
}

let open: Open | undefined;

function opened(): Open {
  if (open !== undefined) return open;
  const database = openToWrite(folder);
  open = {
    database,
    append: database.prepare('INSERT INTO log (id, kind, atMs, body) VALUES (?, ?, ?, ?)'),
    keepIncident: database.prepare('INSERT OR REPLACE INTO incident (id, updatedAtMs, json) VALUES (?, ?, ?)'),
    keepPoint: database.prepare('INSERT OR REPLACE INTO history (atMs, point) VALUES (?, ?)'),
    lastId: Number(database.prepare('SELECT max(id) AS id FROM log').get()!.id),
  };
  return open;
}

/** All of it or nothing. After an error the file is opened anew with the next try: the disk may be another one by then. */
function transaction(work: (open: Open) => void): void {
  try {
    const at = opened();
    at.database.exec('BEGIN IMMEDIATE');
    work(at);
    at.database.exec('COMMIT');
  } catch (error) {
    const failed = open?.database;
    open = undefined;
    try {
      failed?.close();
    } catch {
      // The reason that counts is the first one.
    }
    throw error;
  }
}

export const writerHandlers = {
  commit({ entries, afterId, incidents, points }: Batch): number {
    let id = afterId;
    transaction(({ append, keepIncident, keepPoint, lastId }) => {
      id = Math.max(afterId, lastId);
      for (const entry of entries) {
        if (entry.kind === 'tick') append.run(++id, logKinds.tick, entry.atMs, null);
        else append.run(++id, entry.isPacked ? logKinds.packedReport : logKinds.report, entry.atMs, entry.body);
      }
      for (const incident of incidents) {
        keepIncident.run(incident.id, incident.updatedAtMs, JSON.stringify(incident));
      }
      for (const point of points) keepPoint.run(point.atMs, deflateRawSync(JSON.stringify(point)));
    });
    opened().lastId = id;
    return id;
  },

  /** A chunk of what is not needed any more. Returns whether there may be more. */
  trim({ throughId, logFromMs, keptFromMs, maxBytes }: Trim): boolean {
    let deleted = 0;
    transaction(({ database }) => {
      const run = (sql: string, ...values: number[]) => {
        deleted = Math.max(deleted, Number(database.prepare(sql).run(...values).changes));
      };
      const isFull = usedBytes(database) > maxBytes;
      // What a snapshot holds is only for those who cannot read it: the first to go when room is short.
      const logUntilMs = isFull ? Number.MAX_SAFE_INTEGER : logFromMs;
      run(
        `DELETE FROM log WHERE id IN (SELECT id FROM log WHERE id <= ? AND atMs < ? ORDER BY id LIMIT ${chunk})`,
        throughId,
        logUntilMs,
      );
      const oldest = (table: string, at: string, key: string) =>
        `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${at} < ? ORDER BY ${at} LIMIT ${chunk})`;
      // The size of a store of which all is log and snapshot is not mended by forgetting the past.
      const keptUntilMs = isFull && deleted === 0 ? Number.MAX_SAFE_INTEGER : keptFromMs;
      run(oldest('history', 'atMs', 'atMs'), keptUntilMs);
      run(oldest('incident', 'updatedAtMs', 'id'), keptFromMs);
    });
    return deleted >= chunk || (deleted > 0 && usedBytes(opened().database) > maxBytes);
  },

  usedBytes(): number {
    return usedBytes(opened().database);
  },

  end(): void {
    open?.database.close();
    parentPort!.close();
  },
};

/** Without the pages that are free to be written to: a file does not shrink, it is filled again. */
function usedBytes(database: DatabaseSync): number {
  const pragma = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0]);
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}

answerCalls(parentPort!, writerHandlers);
