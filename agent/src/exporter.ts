import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import { type Report, shownUrl } from '@tidemark/core';
import { type Posted, post } from './post.ts';
import { messageOf, say } from './say.ts';

/**
 * Reports on their way to the collector: in order, one at a time, from a bounded queue that loses its oldest first. A
 * collector that is down or slow costs the host a few kilobytes and no waiting; nothing here keeps the process alive.
 */
export interface Exporter {
  readonly queuedReports: number;
  readonly droppedReports: number;
  offer(report: Report): void;
  /**
   * For a report after which the process may end at any moment: it is on its way to the kernel when this returns, if the
   * connection is open and nothing waits before it. Costs the host about a millisecond.
   */
  offerNow(report: Report): void;
  /** Waits until all is sent, for at most `deadlineMs`: the one thing here that keeps the process alive. */
  flush(deadlineMs: number): Promise<void>;
}

export interface ExporterOptions {
  readonly collectorUrl: string;
  readonly maxQueuedReports: number;
  /** How long an answer may take; by default 5 s. */
  readonly postTimeoutMs?: number;
}

const defaultPostTimeoutMs = 5000;
const firstBackOffMs = 500;
const maxBackOffMs = 30_000;

export function createExporter(options: ExporterOptions): Exporter {
  return new ReportQueue(options);
}

const compress = promisify(gzip);

class ReportQueue implements Exporter {
  readonly #options: ExporterOptions;
  readonly #url: URL;
  readonly #shownUrl: string;
  readonly #queue: Uint8Array[] = [];
  /** Compressing is asynchronous; reports must stay in order. */
  #compressed: Promise<void> = Promise.resolve();
  #compressing = 0;
  #sending: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #droppedWhenLost = 0;
  readonly #refusals = new Set<number>();
  droppedReports = 0;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#url = new URL(`${options.collectorUrl}/api/report`);
    this.#shownUrl = shownUrl(options.collectorUrl);
  }

  get queuedReports(): number {
    return this.#queue.length;
  }

  offer(report: Report): void {
    const json = JSON.stringify(report);
    this.#compressing++;
    this.#compressed = this.#compressed.then(async () => {
      this.#enqueue(await compress(json));
      this.#compressing--;
      if (this.#retry === undefined) this.#send();
    });
  }

  offerNow(report: Report): void {
    if (this.#compressing > 0) {
      this.offer(report);
      return;
    }
    this.#enqueue(gzipSync(JSON.stringify(report)));
    if (this.#retry === undefined) this.#send();
  }

  async flush(deadlineMs: number): Promise<void> {
    // What could not be reached a moment ago is not worth the wait of a process that wants to end.
    if (this.#failures > 0) return;
    let hold: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      hold = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([this.#compressed.then(() => this.#send()), deadline]);
    clearTimeout(hold);
  }

  #enqueue(body: Uint8Array): void {
    if (this.#queue.length >= this.#options.maxQueuedReports) {
      this.#queue.shift();
      this.droppedReports++;
    }
    this.#queue.push(body);
  }

  #send(): Promise<void> {
    this.#sending ??= this.#drain()
      .catch((error) => say(`an error of its own while sending reports: ${messageOf(error)}`))
      .finally(() => {
        this.#sending = undefined;
      });
    return this.#sending;
  }

  async #drain(): Promise<void> {
    const timeoutMs = this.#options.postTimeoutMs ?? defaultPostTimeoutMs;
    for (let body = this.#queue.shift(); body !== undefined; body = this.#queue.shift()) {
      const posted = await post(this.#url, body, timeoutMs);
      if (posted.kind === 'unreachable') {
        this.#putBack(body);
        this.#backOff(posted);
        return;
      }
      if (posted.kind === 'refused') this.#refused(posted);
      this.#reached();
    }
  }

  /** It was the oldest: if the queue has filled up meanwhile, it is the one to lose. */
  #putBack(body: Uint8Array): void {
    if (this.#queue.length >= this.#options.maxQueuedReports) this.droppedReports++;
    else this.#queue.unshift(body);
  }

  #backOff(posted: Posted & { readonly kind: 'unreachable' }): void {
    if (this.#failures === 0) {
      this.#droppedWhenLost = this.droppedReports;
      say(
        `the collector at ${this.#shownUrl} cannot be reached (${posted.reason}); the consumer goes on, ` +
          `up to ${this.#options.maxQueuedReports} reports are kept and tried again`,
      );
    }
    // Full jitter: agents that lost their collector together do not come back together.
    const delayMs = Math.random() * Math.min(maxBackOffMs, firstBackOffMs * 2 ** this.#failures);
    this.#failures++;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#send();
    }, delayMs).unref();
  }

  #reached(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    const lost = this.droppedReports - this.#droppedWhenLost;
    say(
      `the collector at ${this.#shownUrl} is back; ${lost === 0 ? 'no report was lost' : `${lost} reports were lost`}`,
    );
  }

  #refused(posted: Posted & { readonly kind: 'refused' }): void {
    this.droppedReports++;
    if (this.#refusals.has(posted.status)) return;
    this.#refusals.add(posted.status);
    say(
      `the collector at ${this.#shownUrl} refuses reports (${posted.status}): ${posted.reason || 'it gives no reason'}; ` +
        'they are counted as dropped, and this is said once',
    );
  }
}
