import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { inflateRawSync } from 'node:zlib';
import type { SeriesPoint } from '@tidemark/core';
import { answerCalls } from './calls.ts';
import { openToRead } from './database.ts';
import { historyStepMs, mergePoints } from './rollup.ts';

/** The thread that looks up what memory does not hold any more, however long that takes. Its answers are JSON. */
const { folder } = workerData as { readonly folder: string };

/** Of one answer. */
const maxPoints = 2_000;
const maxIncidents = 1_000;

let database: DatabaseSync | undefined;

export const readerHandlers = {
  /** Points of a range, both ends inclusive, in steps wide enough for `maxPoints`; each one as JSON. */
  points({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string[] {
    const least = prepared('SELECT min(atMs) AS atMs FROM history WHERE atMs >= ?').get(fromMs)?.atMs as number | null;
    if (least === null || least > toMs) return [];
    const steps = Math.ceil((toMs - least) / historyStepMs / maxPoints);
    const stepMs = historyStepMs * Math.max(1, steps);
    const found: string[] = [];
    let step: SeriesPoint[] = [];
    const put = () => {
      if (step.length > 0) found.push(JSON.stringify(mergePoints(step)));
    };
    for (const row of prepared('SELECT point FROM history WHERE atMs BETWEEN ? AND ? ORDER BY atMs').iterate(
      fromMs,
      toMs,
    )) {
      const point = JSON.parse(inflateRawSync(row.point as Uint8Array).toString('utf8')) as SeriesPoint;
      if (step.length > 0 && Math.floor(point.atMs / stepMs) !== Math.floor(step[0]!.atMs / stepMs)) {
        put();
        step = [];
      }
      step.push(point);
    }
    put();
    return found;
  },

  /** Those that changed since, the latest first. */
  incidents({ sinceMs }: { readonly sinceMs: number }): string[] {
    const rows = prepared('SELECT json FROM incident WHERE updatedAtMs >= ? ORDER BY updatedAtMs DESC LIMIT ?').all(
      sinceMs,
      maxIncidents,
    );
    return rows.map((row) => row.json as string);
  },

  incident({ id }: { readonly id: string }): string | undefined {
    return prepared('SELECT json FROM incident WHERE id = ?').get(id)?.json as string | undefined;
  },

  end(): void {
    database?.close();
    parentPort!.close();
  },
};

function prepared(sql: string) {
  database ??= openToRead(folder);
  return database.prepare(sql);
}

answerCalls(parentPort!, readerHandlers);
