import type { AgentSettings } from '@tidemark/config';
import { createObservation, type Observation, type Report, takeReport } from '@tidemark/core';
import { type ClockReader, startClockReader } from './clock/reader.ts';
import { createExporter, type Exporter } from './exporter.ts';
import type { ErrorTotal } from './guard.ts';
import { createIdentity } from './identity.ts';
import { type ConsumerHost, type ConsumerTap, pollPaused } from './kafkajs/consumer.ts';
import { createMetricsExport, type MetricsExport } from './otel/export.ts';
import { messageOf, say, shownUrl } from './say.ts';
import type { UnreadableCounts } from './unreadable.ts';
import { createWallClock, lookAtClock, type WallClock } from './wall-clock.ts';

/**
 * One per process and settings: gathers what the taps of all its consumers saw and reports it. Starts with the first
 * consumer that runs; until then a process that merely has the preload pays nothing.
 */
export class Agent implements ConsumerHost {
  readonly settings: AgentSettings;
  readonly observation: Observation;
  readonly unreadable: UnreadableCounts = {};
  readonly wallClock: WallClock = createWallClock();
  readonly ownErrors: ErrorTotal = { errors: 0 };
  readonly #client: string;
  readonly #exporter: Exporter;
  readonly #taps = new Set<ConsumerTap>();
  readonly #clock: ClockReader;
  /** Null: looked for, and not wanted. */
  #metrics: MetricsExport | null | undefined;
  #running = false;

  constructor(settings: AgentSettings, client: string) {
    this.settings = settings;
    this.#client = client;
    this.observation = createObservation(createIdentity(client));
    this.#exporter = createExporter(settings);
    // The host connects and subscribes before it runs: by then the clock has been asked.
    this.#clock = startClockReader(settings);
  }

  started(tap: ConsumerTap, handler: 'eachMessage' | 'eachBatch'): void {
    this.#taps.add(tap);
    say(
      `attached to ${this.#client}, group "${tap.group}", ${handler}; ` +
        `reports to ${shownUrl(this.settings.collectorUrl)}; clock: ${this.#clock.describe().replace(/^none/, 'unbounded')}`,
    );
    if (this.#running) return;
    this.#running = true;
    setInterval(() => this.#report('tick'), this.settings.reportIntervalMs).unref();
    process.once('beforeExit', () => this.#lastReport());
  }

  /** Not waited for: the host's own way down is not ours to lengthen. */
  left(tap: ConsumerTap): void {
    this.#report('now');
    this.#metrics?.flush();
    this.#taps.delete(tap);
  }

  #lastReport(): void {
    this.#report('last');
    void this.#exporter.flush(lastFlushMs);
    void this.#metrics?.end(lastFlushMs);
  }

  /** `now`: the process may end before anything asynchronous comes to its turn. `last`: nothing follows, so hold nothing back. */
  #report(when: 'tick' | 'now' | 'last'): void {
    try {
      lookAtClock(this.wallClock);
      for (const tap of this.#taps) pollPaused(tap, Date.now());
      const report = this.#take(when === 'last');
      if (when === 'tick') this.#exporter.offer(report);
      else this.#exporter.offerNow(report);
      if (this.#metrics === undefined) this.#metrics = createMetricsExport(process.env, report.agent.version) ?? null;
      this.#metrics?.record(report);
    } catch (error) {
      this.ownErrors.errors++;
      if (this.ownErrors.errors === 1) say(`an error of its own while making a report: ${messageOf(error)}`);
    }
  }

  #take(final: boolean): Report {
    const clock = this.#clock.take();
    const { queuedReports, droppedReports } = this.#exporter;
    const health = { queuedReports, droppedReports, unreadable: { ...this.unreadable }, errors: this.ownErrors.errors };
    return takeReport(this.observation, Date.now(), { clock, health }, final);
  }
}

const lastFlushMs = 1000;
