import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PlainFailure } from '../plain-failure.ts';
import { readVector, vectorFiles } from '../vectors/files.ts';
import { buildJudge } from './build.ts';
import { Chance } from './chance.ts';
import { type Engine, engineNamed, type VectorCase } from './engines.ts';
import { JudgeProcess } from './judge-process.ts';

// npm run -s judges -- ENGINE --seed N --count K --out DIR [-Dkafka.version=4.2.0] [--from PATH]: see docs/dialects.md.
const help =
  'npm run -s judges -- kafka-streams|flink|beam|samza --out DIR [--seed 1] [--count 20] [--from PATH] [-Dx.version=…]';

interface Asked extends VectorCase {
  readonly id: string;
}

async function main(args: readonly string[]): Promise<void> {
  const defines = args.filter((arg) => arg.startsWith('-D'));
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => !arg.startsWith('-D')),
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '20' },
      out: { type: 'string' },
      from: { type: 'string' },
    },
  });
  const engine = engineNamed(positionals[0]);
  if (!values.out) throw new PlainFailure(`--out: missing; expected a folder for the vectors. ${help}`);
  const properties = readProperties(engine, defines);
  const cases = values.from
    ? casesOf(engine, values.from)
    : drawn(engine, wholeNumber('--seed', values.seed), wholeNumber('--count', values.count));
  const judge = await JudgeProcess.start(
    await buildJudge({ project: engine.name, properties, onProgress: console.error }),
  );
  try {
    mkdirSync(values.out, { recursive: true });
    for (const { id, ...input } of cases) {
      const expected = await judge.ask(input);
      const engineVersion = properties[engine.versionProperty];
      const head = { format: 'tidemark-oracle/1', id, engine: engine.name, engineVersion, units: 'milliseconds' };
      writeFileSync(join(values.out, `${id}.json`), `${JSON.stringify({ ...head, ...input, expected })}\n`);
    }
  } finally {
    await judge.stop();
  }
  console.log(
    `${cases.length} vectors of ${engine.name} in ${values.out}; compare with: npm run -s vectors -- ${values.out}`,
  );
}

function drawn(engine: Engine, seed: number, count: number): Asked[] {
  return Array.from({ length: count }, (_, at) => {
    // Every case has a seed of its own, so that one can be drawn again without the others.
    const drawnCase = engine.draw(new Chance(seed * 100_003 + at));
    return { id: `${engine.name}-${drawnCase.kind}-${seed}-${at}`, ...drawnCase };
  });
}

/** The inputs of vectors that exist, for another version of their engine. */
function casesOf(engine: Engine, path: string): Asked[] {
  return vectorFiles(path).flatMap((file) => {
    const {
      id,
      expected,
      format,
      engine: of,
      engineVersion,
      units,
      ...input
    } = readVector(file) as Record<string, unknown>;
    if (of !== engine.name) return [];
    return [{ id: typeof id === 'string' ? id : basename(file), ...(input as unknown as VectorCase) }];
  });
}

function readProperties(engine: Engine, defines: readonly string[]): Record<string, string> {
  const given = defines.map((define) => {
    const [, name, value] = /^-D([\w.]+)=(.+)$/.exec(define) ?? [];
    if (name === engine.versionProperty && value) return [name, value] as const;
    throw new PlainFailure(`${define}: expected -D${engine.versionProperty}=, such as ${engine.version}.`);
  });
  return { [engine.versionProperty]: engine.version, ...Object.fromEntries(given) };
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new PlainFailure(`${name}: got "${text}"; expected a whole number from 0 on.`);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error instanceof PlainFailure ? error.message : error);
    process.exit(1);
  },
);
