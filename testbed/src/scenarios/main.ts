import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { predict } from './predict.ts';
import { readTrace } from './trace.ts';

/** `npm run -s scenarios -- PATH… [--out DIR]`: plays traces through the real path and writes what was said of them. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: 'predictions' } },
});
if (positionals.length === 0) {
  console.error('scenarios: no PATH; give a folder of traces or files *.trace.jsonl[.gz]');
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });
let failed = 0;
const files = positionals.flatMap(tracesIn);
for (const [i, file] of files.entries()) {
  try {
    const prediction = predict(readTrace(file));
    writeFileSync(join(values.out, `${prediction.scenario}.json.gz`), gzipSync(JSON.stringify(prediction)));
    process.stderr.write(
      `\r${i + 1}/${files.length} ${prediction.scenario} ${prediction.incidents.length} incidents   `,
    );
  } catch (error) {
    failed++;
    console.error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
process.stderr.write('\n');
if (files.length === 0) console.error('scenarios: no *.trace.jsonl[.gz] there');
process.exit(failed > 0 || files.length === 0 ? 1 : 0);

function tracesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.trace\.jsonl(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(path, name));
}
