import type { AgentSettings } from '@tidemark/config';
import {
  createObservation,
  isNewsDue,
  lookForNewsEveryMs,
  type Observation,
  type Report,
  takeReport,
} from '@tidemark/core';
import { type ClockReader, startClockReader } from './clock/reader.ts';
import { createExporter, type Exporter } from './exporter.ts';
import type { ErrorTotal } from './guard.ts';
import { createIdentity } from './identity.ts';
import { producedTopics } from './kafkajs/producer.ts';
import { createMetricsExport, type MetricsExport } from './otel/export.ts';
import { messageOf, say } from './say.ts';
import type { UnreadableCounts } from './unreadable.ts';

/** What an agent observed, on its way out once a second, sooner where there is news: to the collector, and to OpenTelemetry where the user has it. */
export class Reporter {
  readonly settings: AgentSettings;
  readonly observation: Observation;
  readonly unreadable: UnreadableCounts = {};
  readonly ownErrors: ErrorTotal = { errors: 0 };
  readonly #exporter: Exporter;
  readonly #clock: ClockReader;
  /** Null: looked for, and not wanted. */
  #metrics: MetricsExport | null | undefined;

  constructor(settings: AgentSettings, client: string) {
    this.settings = settings;
    this.observation = createObservation(createIdentity(client, settings.host), producedTopics());
    this.#exporter = createExporter(settings);
    // Whoever is observed connects and subscribes before it runs: by then the clock has been asked.
    this.#clock = startClockReader(settings);
  }

  /** Where readings of the clock come from, in words. */
  get clock(): string {
    return this.#clock.describe().replace(/^none/, 'unbounded');
  }

  /**
   * Calls for a report with every interval, and out of turn when there is news. `gather` brings in what the caller has seen and
   * not observed yet. The timers are the caller's to stop.
   */
  startTimers(report: () => void, gather: () => void = () => {}): NodeJS.Timeout[] {
    const look = (): void => {
      gather();
      if (isNewsDue(this.observation, Date.now())) report();
    };
    return [setInterval(report, this.settings.reportIntervalMs), setInterval(look, lookForNewsEveryMs)];
  }

  /** `now`: the process may end before anything asynchronous comes to its turn. `last`: nothing follows, so hold nothing back. */
  report(when: 'tick' | 'now' | 'last'): void {
    try {
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

  flushMetrics(): void {
    this.#metrics?.flush();
  }

  /** Tries once more to send what is queued, and keeps the process alive meanwhile, but not long. */
  async end(): Promise<void> {
    await Promise.all([this.#exporter.flush(lastFlushMs), this.#metrics?.end(lastFlushMs)]);
  }

  #take(final: boolean): Report {
    const clock = this.#clock.take();
    const { queuedReports, droppedReports } = this.#exporter;
    const health = { queuedReports, droppedReports, unreadable: { ...this.unreadable }, errors: this.ownErrors.errors };
    return takeReport(this.observation, Date.now(), { clock, health }, final);
  }
}

/** As long as any answer may take. */
const lastFlushMs = 5000;
