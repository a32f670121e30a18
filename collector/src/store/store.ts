import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import type { StoreSettings } from '@tidemark/config';
import type { Assessment, State, TopologySpec } from '@tidemark/core';
import type { Logger } from 'pino';
import { scriptBeside, startThread, Thread } from './calls.ts';
import { databasePath, lockFolder, openToWrite } from './database.ts';
import type { Entry } from './entry.ts';
import { Journal, type Outcome } from './journal.ts';
import type { readerHandlers } from './reader-thread.ts';
import { replay } from './replay.ts';
import { type Folded, foldsFingerprint, snapshotsIn } from './snapshot.ts';
import type { SnapshotMade, SnapshotTask } from './snapshot-thread.ts';
import type { writerHandlers } from './writer-thread.ts';

/** So much of the log is read again at a restart at most, however young the last snapshot is. */
const snapshotAtBytes = 64 * 1024 * 1024;
/**
 * The log is kept for as long as the folds look back, though snapshots have it: after an upgrade they cannot be read, and what is
 * open is found again from this.
 */
const logKeptMs = 15 * 60_000;
const trimEveryMs = 30_000;

/** What the log has that no snapshot has. */
interface SinceSnapshot {
  bytes: number;
  entries: number;
  readonly startedMs: number;
}

/** What is on the disk. `docs/operations.md` draws it. */
export class Store {
  readonly journal: Journal;
  /** What was believed when the collector before this one ended. */
  readonly folded: { readonly state: State; readonly assessment: Assessment };
  readonly #settings: StoreSettings;
  readonly #log: Logger;
  readonly #nowMs: () => number;
  readonly #lock: { readonly release: () => void };
  readonly #writer: Thread<typeof writerHandlers>;
  readonly #reader: Thread<typeof readerHandlers>;
  readonly #topology: TopologySpec | undefined;
  readonly #fingerprint: string;
  readonly #incidentCount: number;
  #heldTwiceId = 0;
  #sinceSnapshot: SinceSnapshot;
  #snapshotting: Promise<void> | undefined;
  #snapshotter: Worker | undefined;
  #trimmedMs = 0;
  #closing = false;

  usedBytes = 0;
  snapshots = 0;
  snapshotBytes = 0;
  snapshotMs = 0;
  failures = 0;
  /** Why the last commit failed; undefined if it did not. */
  failure: string | undefined;

  /** Throws, with what is wrong and its cure, if the folder cannot be used. */
  constructor(
    settings: StoreSettings,
    parts: { readonly log: Logger; readonly nowMs: () => number; readonly topology: TopologySpec | undefined },
  ) {
    this.#settings = settings;
    this.#log = parts.log;
    this.#nowMs = parts.nowMs;
    this.#lock = lock(settings.folder);
    this.#topology = parts.topology;
    this.#fingerprint = foldsFingerprint(parts.topology);
    const { folded, incidentCount, sinceSnapshot } = this.#restore();
    this.#incidentCount = incidentCount;
    this.folded = folded;
    this.#writer = new Thread(scriptBeside(import.meta.url, './writer-thread'), { folder: settings.folder });
    this.#reader = new Thread(scriptBeside(import.meta.url, './reader-thread'), { folder: settings.folder });
    this.#sinceSnapshot = sinceSnapshot;
    this.journal = new Journal({
      lastId: folded.throughId,
      commit: (batch) => this.#writer.call('commit', batch),
      onOutcome: (outcome) => this.#noteOutcome(outcome),
    });
  }

  get isWritable(): boolean {
    return this.failure === undefined;
  }

  /** To be called for each entry. */
  wrote(entry: Entry): void {
    this.#sinceSnapshot.entries++;
    if (entry.kind === 'report') this.#sinceSnapshot.bytes += entry.body.length;
  }

  /** Snapshots and trims when it is time to. To be called now and then. */
  housekeep(): void {
    const nowMs = this.#nowMs();
    const { bytes, entries, startedMs } = this.#sinceSnapshot;
    const isDue = bytes >= snapshotAtBytes || (entries > 0 && nowMs - startedMs >= this.#settings.snapshotEveryMs);
    if (isDue && this.#snapshotting === undefined && !this.#closing) {
      this.#snapshotting = this.#snapshot().finally(() => {
        this.#snapshotting = undefined;
      });
    }
    if (nowMs - this.#trimmedMs < trimEveryMs || this.#closing) return;
    this.#trimmedMs = nowMs;
    this.#trim(nowMs).catch((error) => this.#log.warn({ err: error }, 'the store could not be trimmed'));
  }

  points(range: { readonly fromMs: number; readonly toMs: number }): Promise<string[]> {
    return this.#reader.call('points', range);
  }

  incidents(since: { readonly sinceMs: number }): Promise<string[]> {
    return this.#reader.call('incidents', since);
  }

  incident(id: string): Promise<string | undefined> {
    return this.#reader.call('incident', { id });
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.journal.settled();
    // The log has it all; what is left of the file is removed with the next one.
    await this.#snapshotter?.terminate();
    await this.#snapshotting;
    await Promise.all([this.#reader.end(), this.#writer.end()]);
    this.#lock.release();
  }

  #restore(): { readonly folded: Folded; readonly incidentCount: number; readonly sinceSnapshot: SinceSnapshot } {
    const { folder } = this.#settings;
    const startedMs = performance.now();
    const database = openToWrite(folder);
    try {
      const hasSnapshot = snapshotsIn(folder).some((file) => file.fingerprint === this.#fingerprint);
      const incidentCount = hasSnapshot ? 0 : makeRoomForFoundAgain(database);
      const { folded, ...how } = replay(database, {
        folder,
        fingerprint: this.#fingerprint,
        topology: this.#topology,
        nowMs: this.#nowMs(),
        incidentCount,
      });
      const { entries, bytes, fromSnapshot, failed, fromMs = this.#nowMs() } = how;
      this.#log.info(
        { folder, entries, bytes, fromSnapshot, failed, tookMs: Math.round(performance.now() - startedMs) },
        `${databasePath(folder)}: ${folded.state.agents.size} agents, ${folded.assessment.incidents.length} incidents are known from before`,
      );
      // Also one that is killed again and again gets a snapshot: what it had to read again counts.
      return { folded, incidentCount, sinceSnapshot: { entries, bytes, startedMs: fromMs } };
    } finally {
      database.close();
    }
  }

  async #snapshot(): Promise<void> {
    const { folder } = this.#settings;
    const startedMs = performance.now();
    this.#sinceSnapshot = { bytes: 0, entries: 0, startedMs: this.#nowMs() };
    const task: SnapshotTask = {
      folder,
      fingerprint: this.#fingerprint,
      topology: this.#topology,
      throughId: this.journal.foldedId,
      incidentCount: this.#incidentCount,
    };
    try {
      const worker = startThread(scriptBeside(import.meta.url, './snapshot-thread'), task);
      this.#snapshotter = worker;
      let made: SnapshotMade | undefined;
      worker.on('message', (message: SnapshotMade) => {
        made = message;
      });
      await once(worker, 'exit');
      if (this.#closing) return;
      if (made === undefined) throw new Error('its thread ended before it was done');
      this.#heldTwiceId = made.heldTwiceId;
      this.snapshots++;
      this.snapshotBytes = made.bytes;
      this.snapshotMs = performance.now() - startedMs;
    } catch (error) {
      if (this.#closing) return;
      this.failures++;
      this.#log.error({ err: error }, 'no snapshot could be made; the log is kept until one can');
    }
  }

  async #trim(nowMs: number): Promise<void> {
    const { maxBytes, retentionMs } = this.#settings;
    const trim = {
      throughId: this.#heldTwiceId,
      logFromMs: nowMs - logKeptMs,
      keptFromMs: nowMs - retentionMs,
      maxBytes: maxBytes - 2 * this.snapshotBytes,
    };
    while (!this.#closing && (await this.#writer.call('trim', trim)));
    if (!this.#closing) this.usedBytes = (await this.#writer.call('usedBytes', undefined)) + 2 * this.snapshotBytes;
  }

  #noteOutcome({ error, hadReports }: Outcome): void {
    if (error === undefined) {
      // There may be room for a tick and none for a report.
      if (!hadReports) return;
      if (this.failure !== undefined) this.#log.info('the store takes reports again; agents send what they kept');
      this.failure = undefined;
      return;
    }
    this.failures++;
    if (this.failure === undefined) {
      this.#log.error(
        { err: error },
        `${databasePath(this.#settings.folder)} cannot be written (${error.message}): agents are told to keep their reports, ` +
          'what is known is served; make room there, or make it writable',
      );
    }
    this.failure = error.message;
  }
}

function lock(folder: string): { readonly release: () => void } {
  let held: { readonly release: () => void } | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    held = lockFolder(folder);
  } catch (error) {
    throw new Error(
      `${(error as Error).message}; take another folder with --store FOLDER, or --store off to keep nothing`,
    );
  }
  if (held === undefined) {
    throw new Error('another collector uses it; stop that one, or take another folder with --store FOLDER');
  }
  return held;
}

/**
 * Without a snapshot the log is folded afresh, and finds again what happened in its time: those incidents make room. What began
 * before is not known any more, so it is not open either. Returns where new incidents are numbered from.
 */
function makeRoomForFoundAgain(database: DatabaseSync): number {
  const fromMs = (database.prepare('SELECT min(atMs) AS atMs FROM log').get()!.atMs ??
    Number.MAX_SAFE_INTEGER) as number;
  database.prepare("DELETE FROM incident WHERE json ->> '$.detectedAtMs' >= ?").run(fromMs);
  database.exec(`UPDATE incident SET json = json_set(json, '$.status', 'closed') WHERE json ->> '$.status' = 'open'`);
  const ids = database.prepare('SELECT id FROM incident').all();
  return ids.reduce((last, { id }) => Math.max(last, Number(/-(\d+)$/.exec(id as string)?.[1] ?? 0)), 0);
}
