import { randomUUID } from 'node:crypto';
import { type CuttableProxy, startProxy } from '../network/proxy.ts';
import { Cast, pause, throwIfEnded, until } from './cast.ts';
import type { ConsumerLog } from './consumer-log.ts';
import type { Moment, Reconnect } from './moment.ts';
import { clockAheadMs, maxDelayMs, type Plan, tailMs } from './plan.ts';
import { enterConsumer, enterProducer, type Producer } from './players.ts';
import type { ProducerStatus } from './producer-messages.ts';
import { createTopic, removeTraces } from './topic.ts';
import { readTopic, type TopicTruth } from './topic-truth.ts';

export interface Played {
  readonly group: string;
  /** When the network was cut and restored. */
  readonly cut: readonly [startMs: number, endMs: number] | undefined;
  /** Of a cut: when B was heard last before it, and first after it. */
  readonly silence: readonly [leftMs: number, returnedMs: number] | undefined;
  /** How long this machine held up at most what the story leaves alone: an event of A's, or the consumer. */
  readonly heldUpMs: number;
  readonly log: ConsumerLog;
  readonly truth: TopicTruth;
}

export interface Stage {
  readonly brokers: readonly string[];
  readonly collectorUrl: string;
  readonly signal: AbortSignal;
  readonly tell: (moment: Moment) => void;
}

/** As the example consumer has it. */
const progressEveryMs = 500;

/**
 * Plays one story on a fresh topic with a fresh group, then hands it to `judge` while the consumer is still attached.
 * Nobody is left on stage afterwards.
 */
export async function playStory<T>(
  stage: Stage,
  plan: Plan,
  judge: (played: Played, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const name = `demo-${plan.variant}-${randomUUID().slice(0, 8)}`;
  const cast = new Cast(stage.signal);
  const { signal } = cast;
  const proxy = await startProxy();
  try {
    stage.tell({ kind: 'opens', plan, topic: name, group: name });
    await createTopic(stage.brokers, name, plan.partitions);
    const { log, a, b } = await everyoneEnters(cast, stage, plan, name, proxy);
    await pause(plan.spanStartMs, signal);
    const span = await letSpanPass(plan, b, proxy, stage, signal);
    if (plan.variant === 'cut') {
      const hasReturned = (): boolean => (b.status.returnedMs ?? 0) >= span[1] && b.status.queued < plan.perSecond.B;
      await until(hasReturned, { what: 'producer B to come back and deliver', signal });
    }
    await pause(tailMs(plan.variant), signal);
    await Promise.all([a.finish(), b.finish()]);
    const written = a.status.acknowledged + b.status.acknowledged;
    await until(() => log.processed >= written, { what: 'the consumer to catch up', signal });

    const cut = plan.variant === 'cut' ? span : undefined;
    const reconnect = cut && reconnectOf(cut, proxy.refusedMs, b.status);
    stage.tell({ kind: 'over', dropped: log.drops.length, processed: log.processed, reconnect });
    const truth = await readTopic(stage.brokers, name, signal);
    const { leftMs = 0, returnedMs = 0 } = b.status;
    const silence = cut && ([leftMs, returnedMs] as const);
    const heldUpMs = Math.max(a.status.longestWaitMs, log.longestGapMs - progressEveryMs);
    return await judge({ group: name, cut, silence, heldUpMs, log, truth }, signal);
  } catch (error) {
    // Once it is aborted, whatever else went wrong on the way is a consequence.
    throwIfEnded(signal);
    throw error;
  } finally {
    await cast.leave();
    await proxy.close();
    await removeTraces(stage.brokers, name);
  }
}

/** First the consumer, so that it sees the stream from its beginning; then the producers, who start together. */
async function everyoneEnters(cast: Cast, stage: Stage, plan: Plan, name: string, proxy: CuttableProxy) {
  const { brokers, collectorUrl, tell } = stage;
  const log = await enterConsumer(
    cast,
    { brokers, topic: name, group: name, collectorUrl, named: !plan.anonymous },
    { firstDrop: () => tell({ kind: 'firstDrop' }), errorLine: (line) => tell({ kind: 'attached', line }) },
  );
  const common = { brokers, topic: name, partitions: plan.partitions, named: !plan.anonymous };
  const [a, b] = await Promise.all([
    enterProducer(
      cast,
      { ...common, name: 'A', seed: plan.seed * 2, perSecond: plan.perSecond.A, maxDelayMs: 0 },
      collectorUrl,
    ),
    enterProducer(
      cast,
      {
        ...common,
        name: 'B',
        seed: plan.seed * 2 + 1,
        perSecond: plan.perSecond.B,
        maxDelayMs: plan.variant === 'unordered' ? maxDelayMs : 0,
        proxy: { host: proxy.host, port: proxy.port },
      },
      collectorUrl,
    ),
  ]);
  a.order({ start: true });
  b.order({ start: true });
  tell({ kind: 'flowing', plan });
  return { log, a, b };
}

/** What befalls B, and when it began and ended: exactly, for a cut. */
async function letSpanPass(
  plan: Plan,
  b: Producer,
  proxy: CuttableProxy,
  { tell }: Stage,
  signal: AbortSignal,
): Promise<readonly [startMs: number, endMs: number]> {
  const { variant, spanLengthMs } = plan;
  const startMs = variant === 'cut' ? proxy.cut() : Date.now();
  b.order({ under: { idle: variant === 'idle', clockAheadMs: variant === 'clock' ? clockAheadMs : 0 } });
  tell({ kind: 'spanStarts', plan });
  const stepMs = 5_000;
  for (let passedMs = 0; passedMs < spanLengthMs; passedMs += stepMs) {
    if (passedMs > 0) tell({ kind: 'spanGoesOn', plan, forMs: passedMs, queued: b.status.queued });
    await pause(Math.min(stepMs, spanLengthMs - passedMs), signal);
  }
  const endMs = variant === 'cut' ? proxy.restore() : Date.now();
  b.order({ under: { idle: false, clockAheadMs: 0 } });
  tell({ kind: 'spanEnds', plan, queued: b.status.queued });
  return [startMs, endMs];
}

function reconnectOf(
  [startMs, endMs]: readonly [number, number],
  refusedMs: readonly number[],
  status: ProducerStatus,
): Reconnect {
  const attemptsMs = [startMs, ...refusedMs, endMs];
  const waits = attemptsMs.slice(1).map((atMs, i) => atMs - (attemptsMs[i] ?? atMs));
  return { longestWaitMs: Math.max(...waits), firstAckAfterMs: (status.returnedMs ?? endMs) - endMs };
}
