import { createWriteStream, type WriteStream } from 'node:fs';
import { createGzip, type Gzip } from 'node:zlib';
import { checkReport } from '@tidemark/collector';
import type { Report } from '@tidemark/core';
import { HistoryFault } from '../audit/history.ts';
import { eachLine } from '../audit/lines.ts';

/**
 * A capture: what a collector was told and when, as packed JSON lines. The first says what it is, the others are reports
 * (`r`) with the moment at which they came, and ticks (`t`), so that a replay judges when the collector did.
 */
export type CaptureLine =
  | { readonly tidemark: 'capture/1'; readonly startedMs: number }
  | { readonly r: Report; readonly at: number }
  | { readonly t: number };

export class CaptureWriter {
  readonly #file: WriteStream;
  readonly #gzip: Gzip;
  #reports = 0;

  constructor(path: string, startedMs: number) {
    this.#file = createWriteStream(path);
    this.#gzip = createGzip();
    this.#gzip.pipe(this.#file);
    this.#line({ tidemark: 'capture/1', startedMs });
  }

  get reports(): number {
    return this.#reports;
  }

  /** Rejects if there can be no such file. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#file.once('open', () => resolve()).once('error', reject);
    });
  }

  report(report: Report, receivedMs: number): void {
    this.#reports++;
    this.#line({ r: report, at: receivedMs });
  }

  tick(nowMs: number): void {
    this.#line({ t: nowMs });
  }

  /** What was written so far can be read even if nobody lives to end the file. */
  flush(): void {
    this.#gzip.flush();
  }

  end(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#file.once('finish', resolve).once('error', reject);
      this.#gzip.end();
    });
  }

  #line(line: CaptureLine): void {
    this.#gzip.write(`${JSON.stringify(line)}\n`);
  }
}

/** Every report of a capture, checked as a collector checks it, and every tick, in order. */
export async function readCapture(
  path: string,
  take: { report(report: Report, receivedMs: number): void; tick(nowMs: number): void },
): Promise<{ readonly startedMs: number; readonly refused: number }> {
  let startedMs: number | undefined;
  let refused = 0;
  const takeLine = (text: string, number: number): void => {
    let line: { readonly [field: string]: unknown };
    try {
      line = JSON.parse(text);
    } catch {
      line = {};
    }
    if (startedMs === undefined) {
      if (line.tidemark !== 'capture/1') throw new HistoryFault(`${path}: not a capture; tidemark capture makes one`);
      startedMs = Number(line.startedMs);
    } else if (typeof line.t === 'number') take.tick(line.t);
    else if (typeof line.at === 'number') {
      const checked = checkReport(line.r);
      if (checked.ok) take.report(checked.report, line.at);
      else refused++;
    } else throw new HistoryFault(`${path}, line ${number}: neither a report nor a tick`);
  };
  await eachLine(path, takeLine, { mayBeCut: true });
  if (startedMs === undefined) throw new HistoryFault(`${path}: it is empty`);
  return { startedMs, refused };
}
