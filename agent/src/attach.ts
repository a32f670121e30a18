import type { AgentSettings } from '@tidemark/config';
import { Agent } from './agent.ts';
import { loadedCopies, nameOfCopy } from './kafkajs/copies.ts';
import { noteAgent, patchKafka } from './kafkajs/patch.ts';
import type { Kafka } from './kafkajs/shapes.ts';
import { messageOf, say } from './say.ts';
import { settingsFromEnvironment } from './settings.ts';

/** What differs from the environment's settings, for the consumers of this one Kafka object. */
export type AttachOptions = Partial<AgentSettings>;

const agents = new Map<string, Agent>();

/**
 * Observes every consumer that this Kafka object makes from now on, with `producers: true` also every producer, and gives the
 * object back. Never throws: if it cannot, it says so on stderr.
 *
 *     const kafka = attach(new Kafka({ brokers }));
 */
export function attach<K extends object>(kafka: K, options: AttachOptions = {}): K {
  try {
    const fromEnvironment = settingsFromEnvironment();
    if (fromEnvironment === undefined) return kafka;
    const settings = { ...fromEnvironment, ...options };
    if (!settings.enabled) return kafka;
    const target = kafka as unknown as Kafka;
    noteAgent(target, agentFor(settings));
    patchKafka(target, () => agentFor(settings), settings.producers);
  } catch (error) {
    say(`could not attach: ${messageOf(error)}; its consumers go on unobserved`);
  }
  return kafka;
}

/** Consumers with the same settings are one agent's: they share its reports and its connection. */
function agentFor(settings: AgentSettings): Agent {
  const key = JSON.stringify(settings);
  let agent = agents.get(key);
  if (agent === undefined) {
    agent = new Agent(settings, nameOfCopy(onlyCopy()));
    agents.set(key, agent);
  }
  return agent;
}

/** An object does not tell which copy of kafkajs made it. */
function onlyCopy(): string | undefined {
  const [first, ...others] = loadedCopies();
  return others.length === 0 ? first : undefined;
}
