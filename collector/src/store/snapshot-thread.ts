import { parentPort, workerData } from 'node:worker_threads';
import type { TopologySpec } from '@tidemark/core';
import { openToRead } from './database.ts';
import { replay } from './replay.ts';
import { removeOldSnapshots, snapshotsIn, writeSnapshot } from './snapshot.ts';

/**
 * Makes the next snapshot. The collector itself is not asked for its state: to copy a large one would stop it for seconds. What it
 * believes follows from the log, so this thread takes up the last snapshot, folds what came since, as a restart would, and writes
 * down what comes of it; each snapshot is also a rehearsal of the restart.
 */
export interface SnapshotTask {
  readonly folder: string;
  readonly fingerprint: string;
  readonly topology: TopologySpec | undefined;
  readonly throughId: number;
  readonly incidentCount: number;
}

export interface SnapshotMade {
  readonly bytes: number;
  /** What the log may forget: the older of the two snapshots that are kept has it. */
  readonly heldTwiceId: number;
}

const task = workerData as SnapshotTask;
const { folder, fingerprint } = task;
const database = openToRead(folder);
const { folded } = replay(database, { ...task, nowMs: 0 });
database.close();
const bytes = writeSnapshot(folder, fingerprint, folded);
removeOldSnapshots(folder, fingerprint);
const older = snapshotsIn(folder).filter((file) => file.fingerprint === fingerprint)[1];
parentPort!.postMessage({ bytes, heldTwiceId: older?.throughId ?? 0 } satisfies SnapshotMade);
