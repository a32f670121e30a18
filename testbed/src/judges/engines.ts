import { PlainFailure } from '../plain-failure.ts';
import { beamCase } from './beam-cases.ts';
import type { Chance } from './chance.ts';
import { flinkCase } from './flink-cases.ts';
import { kafkaStreamsCase } from './kafka-streams-cases.ts';
import { samzaCase } from './samza-cases.ts';

/** A case without what came of it: the engine adds `expected`. */
export interface VectorCase {
  readonly kind: string;
  readonly description: string;
  readonly spec: object;
  readonly [input: string]: unknown;
}

export interface Engine {
  readonly name: string;
  /** The property of its `pom.xml` that says which release is asked: `-Dkafka.version=4.2.0`. */
  readonly versionProperty: string;
  readonly version: string;
  readonly draw: (chance: Chance) => VectorCase;
}

/** The releases that the committed vectors are from. */
export const engines: readonly Engine[] = [
  { name: 'kafka-streams', versionProperty: 'kafka.version', version: '4.3.1', draw: kafkaStreamsCase },
  { name: 'flink', versionProperty: 'flink.version', version: '2.3.0', draw: flinkCase },
  { name: 'beam', versionProperty: 'beam.version', version: '2.73.0', draw: beamCase },
  { name: 'samza', versionProperty: 'samza.version', version: '1.8.0', draw: samzaCase },
];

export function engineNamed(name: string | undefined): Engine {
  const engine = engines.find((one) => one.name === name);
  if (engine) return engine;
  const names = engines.map((one) => one.name).join(', ');
  throw new PlainFailure(`ENGINE: got ${name ? `"${name}"` : 'nothing'}; expected one of ${names}.`);
}
