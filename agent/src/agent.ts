import type { AgentSettings } from '@tidemark/config';
import { createObservation, type Observation, type Report, takeReport } from '@tidemark/core';
import { type ClockReader, startClockReader } from './clock/reader.ts';
import { createExporter, type Exporter } from './exporter.ts';
import { createIdentity } from './identity.ts';
import { type ConsumerHost, type ConsumerTap, pollPaused } from './kafkajs/consumer.ts';
import { messageOf, say } from './say.ts';
import type { UnreadableCounts } from './unreadable.ts';

/**
 * One per process and settings: gathers what the taps of all its consumers saw and reports it. Starts with the first
 * consumer that runs; until then a process that merely has the preload pays nothing.
 */
export class Agent implements ConsumerHost {
  readonly settings: AgentSettings;
  readonly observation: Observation;
  readonly unreadable: UnreadableCounts = {};
  readonly #client: string;
  readonly #exporter: Exporter;
  readonly #taps = new Set<ConsumerTap>();
  #clock: ClockReader | undefined;
  #ownErrors = 0;

  constructor(settings: AgentSettings, client: string) {
    this.settings = settings;
    this.#client = client;
    this.observation = createObservation(createIdentity(client));
    this.#exporter = createExporter(settings);
  }

  started(tap: ConsumerTap, handler: 'eachMessage' | 'eachBatch'): void {
    const isFirst = this.#clock === undefined;
    this.#clock ??= startClockReader(this.settings);
    this.#taps.add(tap);
    say(
      `attached to ${this.#client}, group "${tap.group}", ${handler}; ` +
        `reports to ${this.settings.collectorUrl}; clock: ${this.#clock.describe()}`,
    );
    if (!isFirst) return;
    setInterval(() => this.#report(), this.settings.reportIntervalMs).unref();
    process.once('beforeExit', () => this.#lastReport());
  }

  /** Not waited for: the host's own way down is not ours to lengthen. */
  stopped(tap: ConsumerTap): void {
    this.#report({ final: true });
    if (tap.task === undefined) this.#taps.delete(tap);
  }

  #lastReport(): void {
    this.#report({ final: true });
    void this.#exporter.flush(lastFlushMs);
  }

  #report({ final = false }: { readonly final?: boolean } = {}): void {
    try {
      for (const tap of this.#taps) pollPaused(tap);
      this.#exporter.offer(this.#take(final));
    } catch (error) {
      this.#ownErrors++;
      if (this.#ownErrors === 1) say(`an error of its own while making a report: ${messageOf(error)}`);
    }
  }

  #take(final: boolean): Report {
    let errors = this.#ownErrors;
    for (const tap of this.#taps) errors += tap.guard.errors;
    const clock = this.#clock?.take() ?? { source: 'none', readings: [], steps: [] };
    const { queuedReports, droppedReports } = this.#exporter;
    const health = { queuedReports, droppedReports, unreadable: { ...this.unreadable }, errors };
    return takeReport(this.observation, Date.now(), { clock, health }, final);
  }
}

const lastFlushMs = 1000;
