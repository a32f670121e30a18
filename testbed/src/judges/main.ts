import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PlainFailure } from '../plain-failure.ts';
import { buildJudge } from './build.ts';
import { askFor, casesOf, drawCases } from './cases.ts';
import { type Engine, engineNamed } from './engines.ts';
import { JudgeProcess } from './judge-process.ts';

// npm run -s judges -- ENGINE --seed N --count K --out DIR [-Dkafka.version=4.2.0] [--from PATH]: see docs/dialects.md.
const help =
  'npm run -s judges -- kafka-streams|flink|beam|samza --out DIR [--seed 1] [--count 20] [--from PATH] [-Dx.version=…]';

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
    : drawCases(engine, { seed: wholeNumber('--seed', values.seed), count: wholeNumber('--count', values.count) });
  if (cases.length === 0)
    throw new PlainFailure(`No case of ${engine.name}: --from and --count leave none to ask for.`);
  const judge = await JudgeProcess.start(
    await buildJudge({ project: engine.name, properties, onProgress: console.error }),
  );
  try {
    mkdirSync(values.out, { recursive: true });
    for (const one of cases) {
      const vector = await askFor(judge, one, { engine: engine.name, version: properties[engine.versionProperty]! });
      writeFileSync(join(values.out, `${one.id}.json`), `${JSON.stringify(vector)}\n`);
    }
  } finally {
    await judge.stop();
  }
  console.log(
    `${cases.length} vectors of ${engine.name} in ${values.out}; compare with: npm run -s vectors -- ${values.out}`,
  );
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
    const isUsage = error instanceof PlainFailure || String(error?.code).startsWith('ERR_PARSE_ARGS');
    console.error(isUsage ? error.message : error);
    process.exit(1);
  },
);
