import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Raised when the tables change. */
const schemaVersion = 1;

const schema = `
CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, atMs REAL NOT NULL, body BLOB) STRICT;
CREATE TABLE IF NOT EXISTS incident (id TEXT PRIMARY KEY, updatedAtMs REAL NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS incidentByUpdate ON incident (updatedAtMs);
CREATE TABLE IF NOT EXISTS history (atMs INTEGER PRIMARY KEY, point BLOB NOT NULL) STRICT;
PRAGMA user_version = ${schemaVersion};
`;

/** `kind` in the table `log`. */
export const logKinds = { tick: 0, report: 1, packedReport: 2 } as const;

/** How long one connection waits for another. */
const patience = 'PRAGMA busy_timeout = 5000;';

export function databasePath(folder: string): string {
  return join(folder, 'tidemark.db');
}

/**
 * The connection that writes; one at a time. `FULL`: what was committed outlives a power cut too, which costs nothing that could
 * be measured at one commit for many reports.
 */
export function openToWrite(folder: string): DatabaseSync {
  const database = new DatabaseSync(databasePath(folder));
  database.exec(`${patience} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000;`);
  const found = versionOf(database);
  if (found > schemaVersion) {
    database.close();
    throw new Error(`${databasePath(folder)} was written by a newer version of Tidemark (tables ${found})`);
  }
  if (found < schemaVersion) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
  return database;
}

export function openToRead(folder: string): DatabaseSync {
  const database = new DatabaseSync(databasePath(folder), { readOnly: true });
  database.exec(patience);
  return database;
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()!.user_version);
}

/**
 * Keeps a second collector out, for as long as the process lives, however it ends: the lock is the kernel's. It is a database of
 * its own, because the one that holds the data has several connections.
 */
export function lockFolder(folder: string): { readonly release: () => void } | undefined {
  const lock = new DatabaseSync(join(folder, 'lock.db'));
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    return { release: () => lock.close() };
  } catch (error) {
    lock.close();
    if ((error as { readonly errcode?: number }).errcode === 5) return undefined;
    throw error;
  }
}
