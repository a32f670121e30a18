import module from 'node:module';
import { fileURLToPath } from 'node:url';
import type { AgentSettings } from '@tidemark/config';
import { Agent } from './agent.ts';
import { isKafkajsEntry, loadCopy, loadedCopies, nameOfCopy } from './kafkajs/copies.ts';
import { patchKafka } from './kafkajs/patch.ts';
import type { Kafka } from './kafkajs/shapes.ts';
import { messageOf, say } from './say.ts';
import { settingsFromEnvironment } from './settings.ts';

/**
 * Finds every copy of kafkajs that the host loads, by import or by require, and patches its `Kafka` class before the host has
 * it. Node asks our hook where a module is; if the answer is kafkajs, we load it there and then. The host gets its own module,
 * untouched but for two methods.
 */
export function attachEveryKafka(): void {
  const settings = settingsFromEnvironment();
  if (settings === undefined) return;
  const copies = new Set<string>();
  const cached = loadedCopies();
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      if (specifier === 'kafkajs' || isKafkajsEntry(found.url)) attachCopy(found.url, { settings, copies });
      return found;
    },
  });
  for (const path of cached) {
    attachCopy(path, { settings, copies });
    say(
      `kafkajs was loaded before Tidemark (${path}): consumers that were created by then are not seen. ` +
        'Let --import tidemark/register come before every other --import and --require',
    );
  }
}

function attachCopy(place: string, by: { readonly settings: AgentSettings; readonly copies: Set<string> }): void {
  let path = place;
  try {
    if (place.startsWith('file:')) path = fileURLToPath(place.replace(/[?#].*$/, ''));
    if (by.copies.has(path)) return;
    by.copies.add(path);
    const { Kafka } = loadCopy(path) as { readonly Kafka?: { readonly prototype: Kafka } };
    if (Kafka === undefined) throw new Error('it exports no "Kafka"');
    let agent: Agent | undefined;
    const agentOfCopy = (): Agent => (agent ??= new Agent(by.settings, nameOfCopy(path)));
    patchKafka(Kafka.prototype, agentOfCopy, by.settings.producers);
  } catch (error) {
    say(`could not attach to kafkajs at ${path}: ${messageOf(error)}; its consumers go on unobserved`);
  }
}
