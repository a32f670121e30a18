import type { Chance } from './chance.ts';
import type { VectorCase } from './engines.ts';

/** Messages become available, and a chooser is asked again and again. */
export function samzaCase(chance: Chance): VectorCase {
  const chooser = chance.isTrue(0.25) ? 'roundRobin' : 'default';
  const arrivals: { at: number; ssp: readonly [string, number] }[] = [];
  const withPriorities = chance.isTrue(0.5);
  const choices = chance.between(30, 80);
  const streams = ['table', 'events', 'clicks'].slice(0, chance.between(1, 3)).map((stream, at) => {
    const partitions = chance.between(1, 3);
    const bootstrap = chooser === 'default' && (at === 0 ? chance.isTrue(0.6) : chance.isTrue(0.15));
    const priority =
      chooser === 'default' && withPriorities && chance.isTrue(0.7) ? { priority: chance.between(0, 5) } : {};
    const start: number[] = [];
    const newest: (number | null)[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      const messages = chance.between(0, 12);
      const first = bootstrap ? chance.between(0, 5) : 0;
      const slow = chance.isTrue(0.3);
      for (let i = 0; i < messages; i++) {
        arrivals.push({
          at: slow ? chance.between(0, choices - 1) : chance.isTrue(0.5) ? 0 : i,
          ssp: [stream, partition],
        });
      }
      start.push(first);
      newest.push(messages === 0 || chance.isTrue(0.1) ? first - 1 : first + chance.between(0, messages - 1));
    }
    const bounds = bootstrap ? { newest: newest.map((offset) => (offset === -1 ? null : offset)), start } : {};
    return { stream, partitions, bootstrap, ...priority, ...bounds };
  });
  arrivals.sort((one, other) => one.at - other.at);
  const batch = chooser === 'default' && chance.isTrue(0.4) ? { batchSize: chance.between(1, 5) } : {};
  return {
    kind: 'chooser',
    description: 'drawn from a seed',
    spec: { chooser, streams, ...batch },
    script: { arrivals, choices },
  };
}
