/**
 * What the audit of five million records in memory costs: with a thousand grace values against one, with causes and order
 * besides, against the same windows in the real Kafka Streams test driver, and how much it keeps in memory.
 *
 *   npm run -s bench -- audit [--blocks 7] [--pairs 9] [--json]
 */
import { parseArgs } from 'node:util';
import { medianOf } from '../median.ts';
import { reported } from '../report.ts';
import { History } from './history.ts';
import { keptBytes } from './memory.ts';
import { auditOf } from './runs.ts';
import { vsTestDriver } from './test-driver.ts';

const records = 5_000_000;
/** What issue 7 promises. */
const most = { vsOneGrace: 2 };
const least = { vsKafkaStreams: 20 };

const { values: options } = parseArgs({
  options: {
    blocks: { type: 'string', default: '7' },
    pairs: { type: 'string', default: '9' },
    json: { type: 'boolean', default: false },
  },
});

const history = new History(records);
const runs = {
  'one grace': () => auditOf(history, { slacks: 'one' }),
  '1,000 graces': () => auditOf(history, { slacks: 'thousand' }),
} as const;
/** No ratio rests on these: a fifth of the records, in every block. */
const slower = {
  'and order': () => auditOf(history, { slacks: 'thousand', withOrder: true, records: records / 5 }),
  'and order and causes': () =>
    auditOf(history, { slacks: 'thousand', withOrder: true, withCauses: true, records: records / 5 }),
} as const;
type Name = keyof typeof runs | keyof typeof slower;
const all = { ...runs, ...slower };
const nsPerRecord = Object.fromEntries(Object.keys(all).map((name) => [name, [] as number[]])) as Record<
  Name,
  number[]
>;
const dropped = new Set<number>();
for (let block = -1; block < Number(options.blocks); block++) {
  for (const name of Object.keys(all) as Name[]) {
    const startedNs = process.hrtime.bigint();
    const audit = all[name]();
    const tookNs = Number(process.hrtime.bigint() - startedNs);
    if (name in runs) dropped.add(audit.policies[0]!.lost);
    if (block >= 0) nsPerRecord[name].push(tookNs / audit.records);
  }
}
if (dropped.size !== 1 || dropped.has(0))
  throw new Error(`the runs do not agree, or nothing is dropped: ${[...dropped]}`);
const rows = (Object.keys(all) as Name[]).map((name) => {
  const { median, low, high } = medianOf(nsPerRecord[name]);
  return {
    name,
    nsPerRecord: median,
    low,
    high,
    recordsPerSecond: Math.round(1e9 / median),
  };
});
console.table(
  Object.fromEntries(
    rows.map(({ name, ...row }) => [
      name,
      {
        ...row,
        nsPerRecord: Number(row.nsPerRecord.toFixed(1)),
        low: Number(row.low.toFixed(1)),
        high: Number(row.high.toFixed(1)),
      },
    ]),
  ),
);

const kept = { million: keptBytes(1_000_000), fiveMillion: keptBytes(5_000_000) };
console.log(
  `kept by an audit with 1,000 graces and order: ${(kept.million / 1e6).toFixed(1)} MB after 1 M records, ${(kept.fiveMillion / 1e6).toFixed(1)} MB after 5 M`,
);
const vsOneGrace = medianOf(nsPerRecord['1,000 graces'].map((ns, i) => ns / nsPerRecord['one grace'][i]!));
const driver = await vsTestDriver(Number(options.pairs));
reported({
  bench: 'audit',
  ratios: { vsOneGrace, vsKafkaStreams: driver },
  runs: [...rows, { name: 'kept bytes', ...kept }],
  json: options.json,
  isUnclear:
    (vsOneGrace.low < most.vsOneGrace && vsOneGrace.high > most.vsOneGrace) ||
    (driver.low < least.vsKafkaStreams && driver.high > least.vsKafkaStreams),
});
