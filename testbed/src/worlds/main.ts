import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Range } from './draft.ts';
import { recipes, worldOf } from './recipes.ts';
import { run, traceOf } from './run.ts';
import { truthOf } from './truth.ts';

/**
 * `npm run -s worlds -- [--out DIR] [--count N] [--seed FIRST] [--range like|wide] [FAMILY…]`: makes worlds of our own, whose truth is known,
 * as files that `scenarios` plays and `score.py` scores.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'worlds' },
    count: { type: 'string', default: '80' },
    seed: { type: 'string', default: '1' },
    range: { type: 'string', default: 'wide' },
  },
});
const families = positionals.length > 0 ? positionals : Object.keys(recipes);
const unknown = families.filter((family) => recipes[family] === undefined);
if (unknown.length > 0 || !['like', 'wide'].includes(values.range)) {
  console.error(
    `worlds: no such thing: ${unknown.join(' ') || values.range}; families are ${Object.keys(recipes).join(' ')}`,
  );
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });
for (let i = 0; i < Number(values.count); i++) {
  const world = worldOf(families[i % families.length]!, Number(values.seed) + i, values.range as Range);
  const real = run(world, world.faults);
  const { header, lines } = traceOf(world, real);
  const rows = [{ type: 'header', format: 1, ...header }, ...lines].map((row) => JSON.stringify(row));
  write(`${world.name}.trace.jsonl.gz`, `${rows.join('\n')}\n`);
  write(`${world.name}.truth.json.gz`, JSON.stringify(truthOf(world, real)));
}

function write(name: string, text: string): void {
  writeFileSync(join(values.out, name), gzipSync(text));
}
