import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { startProxy } from '../network/proxy.ts';
import { Cast, pause, throwIfEnded, until } from './cast.ts';
import type { ConsumerLog } from './consumer-log.ts';
import type { Moment, Reconnect } from './moment.ts';
import { clockAheadMs, maxDelayMs, type Plan, tailMs } from './plan.ts';
import { enterConsumer, enterProducer, type Producer } from './players.ts';
import type { ProducerStatus } from './producer-messages.ts';
import { readTopic, type TopicTruth } from './topic-truth.ts';

export interface Played {
  readonly group: string;
  /** When the network was cut and restored. */
  readonly cut: readonly [startMs: number, endMs: number] | undefined;
  readonly log: ConsumerLog;
  readonly truth: TopicTruth;
}

export interface Stage {
  readonly brokers: readonly string[];
  readonly collectorUrl: string;
  readonly signal: AbortSignal;
  readonly tell: (moment: Moment) => void;
}

/**
 * Plays one story on a fresh topic with a fresh group, then hands it to `judge` while the consumer is still attached.
 * Nobody is left on stage afterwards.
 */
export async function playStory<T>(stage: Stage, plan: Plan, judge: (played: Played, signal: AbortSignal) => Promise<T>): Promise<T> {
  const name = `demo-${plan.variant}-${randomUUID().slice(0, 8)}`;
  const cast = new Cast(stage.signal);
  const proxy = await startProxy();
  try {
    stage.tell({ kind: 'opens', plan, topic: name, group: name });
    await createTopic(stage.brokers, name, plan.partitions);
    const settings = { brokers: stage.brokers, topic: name, group: name, collectorUrl: stage.collectorUrl, named: !plan.anonymous };
    const log = await enterConsumer(cast, settings, {
      firstDrop: () => stage.tell({ kind: 'firstDrop' }),
      errorLine: (line) => stage.tell({ kind: 'attached', line }),
    });
    const producerEnters = (producer: 'A' | 'B'): Promise<Producer> =>
      enterProducer(cast, {
        name: producer,
        brokers: stage.brokers,
        topic: name,
        partitions: plan.partitions,
        seed: plan.seed * 2 + (producer === 'A' ? 0 : 1),
        perSecond: plan.perSecond[producer],
        maxDelayMs: producer === 'B' && plan.variant === 'unordered' ? maxDelayMs : 0,
        named: !plan.anonymous,
        ...(producer === 'B' ? { proxy } : {}),
      });
    const [a, b] = await Promise.all([producerEnters('A'), producerEnters('B')]);
    a.order({ start: true });
    b.order({ start: true });
    stage.tell({ kind: 'flowing' });

    await pause(plan.spanStartMs, cast.signal);
    const startMs = plan.variant === 'cut' ? proxy.cut() : Date.now();
    b.order({ under: { idle: plan.variant === 'idle', clockAheadMs: plan.variant === 'clock' ? clockAheadMs : 0 } });
    stage.tell({ kind: 'spanStarts', plan });
    await letSpanPass(plan, b, stage, cast.signal);
    const endMs = plan.variant === 'cut' ? proxy.restore() : Date.now();
    b.order({ under: { idle: false, clockAheadMs: 0 } });
    stage.tell({ kind: 'spanEnds', plan, queued: b.status.queued });

    if (plan.variant === 'cut') {
      const hasReturned = (): boolean => (b.status.returnedMs ?? 0) >= endMs && b.status.queued < plan.perSecond.B;
      await until(hasReturned, { what: 'producer B to come back and deliver', withinMs: 15_000, signal: cast.signal });
    }
    await pause(tailMs(plan.variant), cast.signal);
    await Promise.all([a.finish(), b.finish()]);
    const written = a.status.acknowledged + b.status.acknowledged;
    await until(() => log.processed >= written, { what: 'the consumer to process all records', withinMs: 15_000, signal: cast.signal });

    const wasCut = plan.variant === 'cut';
    const reconnect = wasCut ? reconnectOf([startMs, ...proxy.refusedMs, endMs], endMs, b.status) : undefined;
    stage.tell({ kind: 'over', dropped: log.drops.length, processed: log.processed, reconnect });
    const truth = await readTopic(stage.brokers, name, cast.signal);
    return await judge({ group: name, cut: wasCut ? [startMs, endMs] : undefined, log, truth }, cast.signal);
  } catch (error) {
    // Once it is aborted, whatever else went wrong on the way is a consequence.
    throwIfEnded(cast.signal);
    throw error;
  } finally {
    await cast.leave();
    await proxy.close();
  }
}

async function createTopic(brokers: readonly string[], topic: string, numPartitions: number): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], clientId: 'demo', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

async function letSpanPass(plan: Plan, b: Producer, stage: Stage, signal: AbortSignal): Promise<void> {
  const stepMs = 5_000;
  for (let passedMs = 0; passedMs < plan.spanLengthMs; passedMs += stepMs) {
    if (passedMs > 0) stage.tell({ kind: 'spanGoesOn', plan, forMs: passedMs, queued: b.status.queued });
    await pause(Math.min(stepMs, plan.spanLengthMs - passedMs), signal);
  }
}

function reconnectOf(attemptsMs: readonly number[], restoredMs: number, status: ProducerStatus): Reconnect {
  const waits = attemptsMs.slice(1).map((atMs, i) => atMs - (attemptsMs[i] ?? atMs));
  return { longestWaitMs: Math.max(...waits), firstAckAfterMs: (status.returnedMs ?? restoredMs) - restoredMs };
}
