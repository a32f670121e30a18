import type { Agent } from '../agent.ts';
import { messageOf, say } from '../say.ts';
import { catchCluster } from './brokers.ts';
import { createTap, tapConsumer } from './consumer.ts';
import { tapFetches } from './fetches.ts';
import { tapProduce } from './produce.ts';
import { tapProducer } from './producer.ts';
import type { Consumer, ConsumerConfig, Kafka, Producer } from './shapes.ts';

/** A process may hold two copies of us, one from the preload and one from the host's own import: notes are global. */
const agentKey: unique symbol = Symbol.for('tidemark.agent') as never;
const tappedKey: unique symbol = Symbol.for('tidemark.tapped') as never;

interface Noted {
  [agentKey]?: Agent;
  [tappedKey]?: true;
}

/**
 * Wraps `consumer` and `producer` of a Kafka class's prototype or of one Kafka object. False if they were wrapped before. Nothing
 * is replaced but these methods, so `instanceof`, subclasses and other instrumentations around them go on working. `producers`:
 * whether those of an object without an agent of its own are to be reported.
 */
export function patchKafka(target: Kafka, defaultAgent: () => Agent, producers = false): boolean {
  const noted = target as Kafka & Noted;
  if (Object.hasOwn(noted, tappedKey)) return false;
  const original = target.consumer;
  if (typeof original !== 'function') throw new Error('it has no method "consumer"');
  Object.defineProperty(noted, tappedKey, { value: true });
  target.consumer = function consumer(this: Kafka & Noted, ...args: [ConsumerConfig?]): Consumer {
    return tapped(
      this,
      () => original.apply(this, args),
      args[0],
      () => this[agentKey] ?? defaultAgent(),
    );
  };
  patchProducerMethod(target, (kafka) => {
    const own = kafka[agentKey];
    return (own?.settings.producers ?? producers) ? (own ?? defaultAgent()) : undefined;
  });
  return true;
}

/** `agentOf`: whom the producers of a Kafka object are reported by; undefined: nobody. */
function patchProducerMethod(target: Kafka, agentOf: (kafka: Kafka & Noted) => Agent | undefined): void {
  const original = target.producer;
  if (typeof original !== 'function') return;
  target.producer = function producer(this: Kafka & Noted, ...args: [object?]): Producer {
    const { created, cluster } = catchCluster(this, () => original.apply(this, args));
    const made: Producer & Noted = created;
    try {
      if (!made[tappedKey]) {
        Object.defineProperty(made, tappedKey, { value: true });
        const agent = agentOf(this);
        tapProducer(made, agent && tapProduce(agent, made, cluster));
      }
    } catch (error) {
      say(`could not attach to a producer: ${messageOf(error)}; what it writes is not seen`);
    }
    return made;
  };
}

/** What this Kafka object's consumers report to, whoever wraps them. */
export function noteAgent(kafka: Kafka, agent: Agent): void {
  Object.defineProperty(kafka, agentKey, { value: agent, configurable: true });
}

function tapped(
  kafka: Kafka,
  create: () => Consumer,
  config: ConsumerConfig | undefined,
  agent: () => Agent,
): Consumer {
  const { created: consumer, cluster } = catchCluster(kafka, create);
  try {
    const noted = consumer as Consumer & Noted;
    if (noted[tappedKey]) return consumer;
    Object.defineProperty(noted, tappedKey, { value: true });
    const tap = createTap(agent(), consumer, config?.groupId ?? '');
    tapConsumer(tap);
    if (!tapFetches(cluster, tap)) {
      say(
        `group "${tap.group}": this kafkajs keeps its connections elsewhere than 2.2 does, so fetches are not seen ` +
          'and append times stay unknown; records are observed',
      );
    }
  } catch (error) {
    say(`could not attach to the consumer of group "${config?.groupId}": ${messageOf(error)}; it goes on unobserved`);
  }
  return consumer;
}
