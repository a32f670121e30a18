import type { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import {
  assess,
  createState,
  firstAssessment,
  ingest,
  type Report,
  reportLimits,
  type TopologySpec,
} from '@tidemark/core';
import { logKinds } from './database.ts';
import { type Folded, readSnapshot, snapshotsIn } from './snapshot.ts';

export interface Replayed {
  folded: Folded;
  /** Whether it began with a snapshot; else with the oldest entry of the log. */
  readonly fromSnapshot: boolean;
  /** Entries folded since. */
  readonly entries: number;
  readonly bytes: number;
  /** Of the first of them. */
  readonly fromMs: number | undefined;
  /** Of them, what could not be folded. */
  readonly failed: number;
}

/**
 * The newest snapshot of these folds that is readable, and what the log has after it. `throughId`: go no further. `incidentCount`:
 * where incidents are numbered from if there is no snapshot, since the numbers before are taken.
 */
export function replay(
  database: DatabaseSync,
  options: {
    readonly folder: string;
    readonly fingerprint: string;
    readonly topology: TopologySpec | undefined;
    readonly nowMs: number;
    readonly throughId?: number;
    readonly incidentCount?: number;
  },
): Replayed {
  const { throughId = Number.MAX_SAFE_INTEGER } = options;
  const snapshot = newestSnapshot(options.folder, options.fingerprint, throughId);
  const folded = snapshot ?? {
    state: { ...createState({ topology: options.topology }), incidentCount: options.incidentCount ?? 0 },
    assessment: firstAssessment(options.nowMs),
    throughId: 0,
  };
  const { state } = folded;
  let { assessment, throughId: lastId } = folded;
  let [entries, bytes, failed] = [0, 0, 0];
  let fromMs: number | undefined;
  const rows = database
    .prepare('SELECT id, kind, atMs, body FROM log WHERE id > ? AND id <= ? ORDER BY id')
    .iterate(lastId, throughId);
  for (const row of rows) {
    const atMs = row.atMs as number;
    fromMs ??= atMs;
    lastId = row.id as number;
    entries++;
    // What failed when it was new fails again, and left the same behind: then too the collector went on.
    try {
      if (row.kind === logKinds.tick) assessment = assess(assessment, state, atMs);
      else {
        const body = row.body as Uint8Array;
        bytes += body.length;
        ingest(state, reportIn(body, row.kind === logKinds.packedReport), atMs);
      }
    } catch {
      failed++;
    }
  }
  return {
    folded: { state, assessment, throughId: lastId },
    fromSnapshot: snapshot !== undefined,
    entries,
    bytes,
    fromMs,
    failed,
  };
}

function newestSnapshot(folder: string, fingerprint: string, throughId: number): Folded | undefined {
  for (const file of snapshotsIn(folder)) {
    if (file.fingerprint !== fingerprint || file.throughId > throughId) continue;
    const folded = readSnapshot(file);
    if (folded !== undefined) return folded;
  }
  return undefined;
}

/** It was checked at the door before it was logged. */
function reportIn(body: Uint8Array, isPacked: boolean): Report {
  const text = isPacked ? gunzipSync(body, { maxOutputLength: reportLimits.maxBytes }) : body;
  return JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8')) as Report;
}
