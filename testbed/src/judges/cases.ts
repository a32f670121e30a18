import { basename } from 'node:path';
import { readVector, vectorFiles } from '../vectors/files.ts';
import { Chance } from './chance.ts';
import type { Engine, NamedCase, VectorCase } from './engines.ts';
import type { JudgeProcess } from './judge-process.ts';

/** New cases. Every one has a seed of its own, so that it can be drawn again without the others. */
export function drawCases(engine: Engine, { seed, count }: { seed: number; count: number }): NamedCase[] {
  return Array.from({ length: count }, (_, at) => {
    const drawn = engine.draw(new Chance(seed * 100_003 + at));
    return { id: `${engine.name}-${drawn.kind}-${seed}-${at}`, ...drawn };
  });
}

/** The inputs of vectors that exist, for another version of their engine. */
export function casesOf(engine: Engine, path: string): NamedCase[] {
  return vectorFiles(path).flatMap((file) => {
    const {
      expected,
      format,
      engine: of,
      engineVersion,
      units,
      ...input
    } = readVector(file) as Record<string, unknown>;
    if (of !== engine.name) return [];
    const id = typeof input.id === 'string' ? input.id : basename(file);
    return [{ ...(input as unknown as VectorCase), id }];
  });
}

/** The case with what the engine made of it, in the oracles' format. */
export async function askFor(
  judge: JudgeProcess,
  { id, ...input }: NamedCase,
  { engine, version }: { engine: string; version: string },
): Promise<Record<string, unknown>> {
  const expected = await judge.ask(input);
  const head = { format: 'tidemark-oracle/1', id, engine, engineVersion: version, units: 'milliseconds' };
  return { ...head, ...input, expected };
}
