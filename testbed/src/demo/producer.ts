/**
 * One producer of the demo, a process of its own. It never loses an event and never changes their order: it has one
 * `send` in flight and repeats the same batch until the broker has it, which an idempotent producer may do as often as
 * it likes. (kafkajs 2.2.4 loses records when several sends are in flight as the connection breaks.)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { throughProxy } from '../network/through-proxy.ts';
import { type Conditions, EventMaker } from './event-maker.ts';
import { Outbox } from './outbox.ts';
import type { Order, ProducerSettings, ProducerStatus, Word } from './producer-messages.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as ProducerSettings;

const makeEveryMs = 10;
const flushEveryMs = 60;
const statusEveryMs = 200;
const maxBatch = 200;

const kafka = new Kafka({
  clientId: `producer-${settings.name}`,
  brokers: [...settings.brokers],
  logLevel: logLevel.NOTHING,
  connectionTimeout: 1_000,
  // How long a producer that is cut off waits between two attempts: it decides how soon its return is seen.
  retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: Number.MAX_SAFE_INTEGER },
  ...(settings.proxy ? { socketFactory: throughProxy(settings.proxy) } : {}),
});
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });

const maker = new EventMaker(settings);
const outbox = new Outbox({ maxBatch });
let conditions: Conditions = { idle: false, clockAheadMs: 0 };
let isFinishing = false;
let made = 0;
let acknowledged = 0;
let lastAckMs: number | undefined;
let longestPauseMs = 0;
let longestWaitMs = 0;
let leftMs: number | undefined;
let returnedMs: number | undefined;

function say(word: Word): void {
  process.send?.(word, () => {});
}

function status(): ProducerStatus {
  return {
    made,
    queued: outbox.queued,
    acknowledged,
    longestWaitMs,
    ...(lastAckMs === undefined ? {} : { lastAckMs }),
    ...(leftMs === undefined ? {} : { leftMs }),
    ...(returnedMs === undefined ? {} : { returnedMs }),
  };
}

function makeEvents(): void {
  const events = maker.make(Date.now(), conditions);
  made += events.length;
  outbox.add(events);
}

async function deliver(): Promise<void> {
  const batch = outbox.batch(Date.now());
  if (batch.length === 0) return;
  try {
    await producer.send({ topic: settings.topic, acks: -1, messages: batch.map(toMessage) });
  } catch {
    // The same batch again, soon.
    await sleep(100);
    return;
  }
  outbox.acknowledge();
  acknowledged += batch.length;
  const nowMs = Date.now();
  longestWaitMs = Math.max(longestWaitMs, nowMs - Math.min(...batch.map(({ sendAtMs }) => sendAtMs)));
  noteAcknowledgement(nowMs);
}

function noteAcknowledgement(nowMs: number): void {
  const pauseMs = nowMs - (lastAckMs ?? nowMs);
  if (pauseMs > longestPauseMs) {
    longestPauseMs = pauseMs;
    leftMs = lastAckMs;
    returnedMs = nowMs;
  }
  lastAckMs = nowMs;
}

function toMessage(event: ReturnType<Outbox['batch']>[number]) {
  return {
    key: event.key,
    partition: event.partition,
    timestamp: String(event.timestampMs),
    value: event.value,
    ...(settings.named ? { headers: { producer: settings.name } } : {}),
  };
}

async function run(): Promise<void> {
  const making = setInterval(makeEvents, makeEveryMs);
  const reporting = setInterval(() => say({ status: status() }), statusEveryMs);
  while (!isFinishing) {
    await deliver();
    // A backlog goes out as fast as the broker takes it.
    if (outbox.queued < maxBatch) await sleep(flushEveryMs);
  }
  clearInterval(making);
  outbox.forget(Date.now());
  while (outbox.queued > 0) await deliver();
  clearInterval(reporting);
  say({ status: status() });
  await producer.disconnect();
  process.disconnect();
}

// Whoever tells the story is gone, so there is nobody left to produce for.
process.on('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  if ('start' in order) void run();
  else if ('under' in order) conditions = order.under;
  else isFinishing = true;
});

await producer.connect();
say({ ready: true });
