import type { AgentSettings } from '@tidemark/config';
import { type Observation, shownUrl } from '@tidemark/core';
import type { ErrorTotal } from './guard.ts';
import { type ConsumerHost, type ConsumerTap, pollPaused } from './kafkajs/consumer.ts';
import type { ProducerHost } from './kafkajs/produce.ts';
import { observeStarted } from './kafkajs/started.ts';
import { Reporter } from './reporter.ts';
import { say } from './say.ts';
import type { UnreadableCounts } from './unreadable.ts';
import { createWallClock, lookAtClock, type WallClock } from './wall-clock.ts';

/**
 * One per process and settings: gathers what the taps of all its consumers saw, and those of its producers where that is
 * wanted, and reports it. Starts with the first consumer that runs or producer that connects; until then a process that merely
 * has the preload pays nothing.
 */
export class Agent implements ConsumerHost, ProducerHost {
  readonly settings: AgentSettings;
  readonly observation: Observation;
  readonly unreadable: UnreadableCounts;
  readonly wallClock: WallClock = createWallClock();
  readonly ownErrors: ErrorTotal;
  readonly #client: string;
  readonly #reporter: Reporter;
  readonly #taps = new Set<ConsumerTap>();
  #running = false;

  constructor(settings: AgentSettings, client: string) {
    this.settings = settings;
    this.#client = client;
    this.#reporter = new Reporter(settings, client);
    this.observation = this.#reporter.observation;
    this.unreadable = this.#reporter.unreadable;
    this.ownErrors = this.#reporter.ownErrors;
  }

  started(tap: ConsumerTap, handler: 'eachMessage' | 'eachBatch'): void {
    this.#taps.add(tap);
    this.#start(`group "${tap.group}", ${handler}`);
  }

  producing(): void {
    this.#start('a producer');
  }

  #start(what: string): void {
    say(
      `attached to ${this.#client}, ${what}; ` +
        `reports to ${shownUrl(this.settings.collectorUrl)}; clock: ${this.#reporter.clock}`,
    );
    if (this.#running) return;
    this.#running = true;
    const gather = (): void => {
      for (const tap of this.#taps) observeStarted(tap);
    };
    for (const timer of this.#reporter.startTimers(() => this.#report('tick'), gather)) timer.unref();
    process.once('beforeExit', () => this.#lastReport());
  }

  /** Not waited for: the host's own way down is not ours to lengthen. */
  left(tap: ConsumerTap): void {
    this.#report('now');
    this.#reporter.flushMetrics();
    this.#taps.delete(tap);
  }

  producerClosed(): void {
    this.#report('now');
  }

  #lastReport(): void {
    this.#report('last');
    void this.#reporter.end();
  }

  #report(when: 'tick' | 'now' | 'last'): void {
    lookAtClock(this.wallClock);
    for (const tap of this.#taps) pollPaused(tap, Date.now());
    this.#reporter.report(when);
  }
}
