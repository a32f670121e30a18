import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDuration } from '@tidemark/core';
import { disorderOf, runs } from '../flights/disorder.ts';
import { type BoundTallies, type BoundTime, boundTimes, createTallies, tallyBounds } from './bounds.ts';
import { perturbations } from './perturb.ts';
import { readTrace } from './trace.ts';
import { readTruth } from './truth.ts';

/**
 * Writes `docs/how-we-know.md` from the scorer's own figures:
 *
 *   npm run -s scenarios -- SCENARIOS --out PREDICTIONS
 *   node --conditions=tidemark-source testbed/src/scenarios/robust.ts SCENARIOS > ROBUST
 *   node --conditions=tidemark-source testbed/src/worlds/judge.ts > OWN
 *   node --conditions=tidemark-source testbed/src/scenarios/how-we-know.ts SCENARIOS PREDICTIONS [ROBUST [OWN]]
 *
 * Without ROBUST the table of the harder copies stays as it is, without OWN that of our own worlds.
 */
interface Rates {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

interface Score {
  readonly scenarios: number;
  readonly incidents: {
    readonly [kind: string]: Rates & { readonly tp: number; readonly fp: number; readonly fn: number };
  };
  readonly material: Classes;
  readonly dropped: Classes;
  readonly attribution: number | null;
  readonly delayMs: { readonly median: number | null; readonly p90: number | null };
  readonly falseAlarms: { readonly calmHours: number; readonly perCalmHour: number };
  readonly streamTime: {
    readonly [which: string]: { readonly medianMs: number; readonly p95Ms: number; readonly unsafe: number };
  };
}

interface Classes {
  readonly records: number;
  readonly accuracy: number | null;
  readonly macroF1: number | null;
  readonly classes?: { readonly [cause: string]: Rates };
}

const [scenarios, predictions, robust, own] = process.argv.slice(2);
if (scenarios === undefined || predictions === undefined) {
  console.error('how-we-know: give the folder of the scenarios and that of the predictions');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'tidemark-score-'));
const json = join(folder, 'score.json');
execFileSync('python3', [join(scenarios, 'score.py'), scenarios, predictions, '--json', json], { stdio: 'ignore' });
const { overall, families } = JSON.parse(readFileSync(json, 'utf8')) as {
  readonly overall: Score;
  readonly families: { readonly [family: string]: Score };
};
rmSync(folder, { recursive: true });

/** The scorer matches the incidents and prints the median and p90 of their delays; this is its quantile of the same delays. */
const delayP95 = `
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import score
truths = map(score.read_json, sorted(Path(sys.argv[1]).glob("*.truth.json.gz")))
found = [score.score_incidents(t, score.read_prediction(Path(sys.argv[2]), t["scenario"]))[0] for t in truths]
print(score.quantile([delay for one in found for delay in one["delays"]], 0.95))
`;
const p95Ms = Number(execFileSync('python3', ['-c', delayP95, scenarios, predictions], { encoding: 'utf8' }));

const figure = (value: number | null | undefined, digits = 2): string => (value == null ? '–' : value.toFixed(digits));
const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;
const online = overall.streamTime.streamTimeOnline!;
const onlineInOutage = overall.streamTime.streamTimeOnlineInOutage!;
const hindsight = overall.streamTime.streamTime!;
const stream = overall.streamTime.sInOutage!;

const bounds = boundsOf(scenarios);
const when: { readonly [T in BoundTime]: string } = {
  calm: 'in calm times, a minute or more from any fault and look-alike',
  outage: 'while an outage lasts',
  other: 'at other times: clocks that are off, pauses, just before and after faults',
  unordered: 'in worlds with a source that is out of order by nature, at any time',
  shared: 'in worlds where several producers without a name share a partition, at any time',
};

function boundsOf(folder: string): { readonly online: BoundTallies; readonly hindsight: BoundTallies } {
  const tallies = { online: createTallies(), hindsight: createTallies() };
  for (const name of readdirSync(folder).filter((it) => it.endsWith('.trace.jsonl.gz'))) {
    const truth = readTruth(join(folder, name.replace('.trace.jsonl', '.truth.json')));
    tallyBounds(readTrace(join(folder, name)), truth, tallies);
  }
  return tallies;
}

function boundRow(time: BoundTime): string {
  const cells = [bounds.online[time], bounds.hindsight[time]].flatMap(({ points, within, widthsMs }) => [
    `${figure((within / points) * 100, 2)} %`,
    formatDuration(nearestRank(widthsMs, 0.5)),
    formatDuration(nearestRank(widthsMs, 0.9)),
  ]);
  return row(when[time], ...cells);
}

function nearestRank(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;
}

const ownWorlds: { readonly [name: string]: string } = {
  'like single': 'as the known ones, one fault each',
  'like mixed': 'as the known ones, several faults at once',
  'wide single': 'wider ranges, one fault each',
  'wide mixed': 'wider ranges, several faults at once',
};

/** What `robust.ts` printed, a row for each kind of copy. */
function harderRows(): string {
  const page = readFileSync('docs/how-we-know.md', 'utf8');
  if (robust === undefined) return /\| copy \|.*\n\|.*\n((?:\|.*\n)*)/.exec(page)?.[1]?.trimEnd() ?? '';
  const said = readFileSync(robust, 'utf8');
  return [...said.matchAll(/^(\w+): (\d+) found, (\d+) false, (\d+) missed$/gm)]
    .map(([, name = '', ...figures]) => row(perturbations[name]!.what, ...figures))
    .join('\n');
}

/** What `judge.ts` printed, a row for each kind of incident in each kind of world. */
function ownRows(): string {
  const page = readFileSync('docs/how-we-know.md', 'utf8');
  if (own === undefined) return /\| our own worlds \|.*\n\|.*\n((?:\|.*\n)*)/.exec(page)?.[1]?.trimEnd() ?? '';
  const said = readFileSync(own, 'utf8');
  return [...said.matchAll(/^(like|wide) (single|mixed) (\w+): (\d+) found, (\d+) false, (\d+) missed$/gm)]
    .map(([, range = '', what = '', ...figures]) => row(ownWorlds[`${range} ${what}`]!, ...figures))
    .join('\n');
}

function disorderRow(run: (typeof runs)[number]): string {
  const { records, late, dropped, lateBy, incidents } = disorderOf(run);
  const { outOfOrderSource = 0, ordinary = 0, undecided = 0 } = lateBy;
  const others = late - outOfOrderSource - ordinary - undecided;
  return row(
    run.what,
    `${run.speed}×`,
    records,
    late,
    dropped,
    outOfOrderSource,
    ordinary,
    undecided,
    others,
    incidents.length,
  );
}

writeFileSync(
  'docs/how-we-know.md',
  `# How we know that it is right

This page is made by \`testbed/src/scenarios/how-we-know.ts\` from the scorer's own figures.

${overall.scenarios} simulated worlds of Kafka producers, brokers and consumers, in which something goes wrong or only seems to. Their truth is
counterfactual: each world is run again without each single fault, and the cause of a late record is the fault without which it would not
have been late. Tidemark sees what agents beside the consumers see, through the same folds as in production (observe, report, assess), a
report and a tick each second and at once when there is news, never ahead of time: an incident counts from the tick in which it was first reported.

## Incidents

${row('kind', 'found', 'false', 'missed', 'precision', 'recall', 'F1')}
${row('---', '---', '---', '---', '---', '---', '---')}
${Object.entries(overall.incidents)
  .map(([kind, { tp, fp, fn, precision, recall, f1 }]) =>
    row(kind, tp, fp, fn, figure(precision), figure(recall), figure(f1)),
  )
  .join('\n')}

False alarms in ${figure(overall.falseAlarms.calmHours, 0)} calm hours: ${figure(overall.falseAlarms.perCalmHour, 3)} an hour. A cut is reported ${figure(overall.delayMs.median, 0)} ms after the first
delivery on its return (median; p90 ${figure(overall.delayMs.p90, 0)} ms, p95 ${figure(p95Ms, 0)} ms).

## Causes of late records

| | records | accuracy | macro F1 |
|---|---|---|---|
${row('late by 1 s or more', overall.material.records, figure(overall.material.accuracy, 3), figure(overall.material.macroF1, 3))}
${row('dropped under the policy', overall.dropped.records, figure(overall.dropped.accuracy, 3), figure(overall.dropped.macroF1, 3))}

Which records are late, and which are dropped, is exact in all worlds. ${figure((overall.attribution ?? 0) * 100, 1)} % of the late records that an incident caused are put to
that incident.

## True stream time

| | median off | p95 off | more than 1 s too high |
|---|---|---|---|
${row('with hindsight', `${hindsight.medianMs} ms`, `${hindsight.p95Ms} ms`, `${figure(hindsight.unsafe * 100, 1)} %`)}
${row('online', `${online.medianMs} ms`, `${online.p95Ms} ms`, `${figure(online.unsafe * 100, 1)} %`)}
${row('online, while an outage lasts', `${onlineInOutage.medianMs} ms`, `${onlineInOutage.p95Ms} ms`, `${figure(onlineInOutage.unsafe * 100, 1)} %`)}
${row('the stream time itself, while an outage lasts', `${stream.medianMs} ms`, `${stream.p95Ms} ms`, `${figure(stream.unsafe * 100, 1)} %`)}

### The bound of the true stream time

What \`T\` is said to lie in ([what that promises](concepts.md#how-well-t-is-known)), against the truth by its definition: at each tick, and with hindsight for each second
ten minutes later.

| | online: within | median width | p90 | hindsight: within | median width | p90 |
|---|---|---|---|---|---|---|
${boundTimes.map(boundRow).join('\n')}

Low ends miss the truth in the first seconds of an outage, until the source is overdue. Sources that are out of order by nature have a few events that are later than any
before, and while one of those is awaited the low end is too high; producers without a name that share a partition are not missed one by one.

## By family of worlds

${row('family', 'worlds', 'found', 'false', 'missed', 'cause of material lateness', 'cause of drops')}
${row('---', '---', '---', '---', '---', '---', '---')}
${Object.entries(families)
  .map(([family, score]) => {
    const all = score.incidents.all;
    return row(
      family,
      score.scenarios,
      all?.tp ?? 0,
      all?.fp ?? 0,
      all?.fn ?? 0,
      figure(score.material.accuracy),
      figure(score.dropped.accuracy),
    );
  })
  .join('\n')}

## Harder copies

The same worlds, with less to see or a harder life (\`testbed/src/scenarios/perturb.ts\`). Found and missed: of the incidents that still show, begin two minutes
after anything was seen, and cost three records or more. False: what nobody did. Without producer ids, what several producers do in one partition
makes the same marks as something else, and an upstream task that lags cannot be told from one that is cut off ([why](what-cannot-be-known.md#of-producers)).

${row('copy', 'found', 'false', 'missed')}
${row('---', '---', '---', '---')}
${harderRows()}

## Worlds of our own

The worlds above were there while Tidemark was made. To see what it does in others, \`testbed/src/worlds\` makes more from a seed: 57 families,
half of them with several faults at once that the known worlds do not have (a cut during a broker's outage, a cut of a source whose clock is off,
a backfill during a cut …), in ranges like theirs and in wider ones (1 to 40 producers, 1 to 24 partitions, rates from one event in eight
seconds to eight a second, polls of 0.2 to 5 s, outages of 6 s to 8 min, clocks off by 1.5 s to an hour, slow links). Their truth is made in the
same way; these are seeds that nobody looked at while the core was mended.

${row('our own worlds', 'kind', 'found', 'false', 'missed')}
${row('---', '---', '---', '---', '---')}
${ownRows()}

A part of what is missed cannot be known: a clock that is stepped while its source is cut off shows only on its return, on a create-time topic nobody can
tell when a cut ended while the consumer paused, and a cut of a source that says next to nothing leaves a record or two. The rest is not known yet: a source
that is out of order by nature and cut off, an upstream task that lags beside one that is cut off, a clock that drifts beneath a source that says a word in
half a minute, a long cut whose backlog comes slowly under a new producer id.

## A real stream's disorder

Flights that left New York in 2013, each heard of when it lands (\`testdata/flights\`): events that are 39 minutes to 12 hours old when they are
appended, in the order of landing. In these days there are a blizzard, in which nothing flew, and the outage of an airline's computers, in which
its flights stayed on the ground; nobody was cut off from a broker. Windows of an hour and a grace of two; a day passes in an hour, or as it was.

${row('stream', 'speed', 'records', 'late', 'dropped', 'outOfOrderSource', 'ordinary', 'undecided', 'others', 'incidents at any tick')}
${row(...Array.from({ length: 10 }, () => '---'))}
${runs.map(disorderRow).join('\n')}

## Other judges

- The drops of Kafka Streams, Flink, Beam and Samza are reproduced record for record on vectors made by the real engines (\`npm run vectors\`,
  \`npm run judges\`; [dialects](dialects.md)).
- Clock bounds, liars, drift and steps are judged by scenarios with known truth and by real chronyd daemons under false clocks ([clocks](clocks.md)).
- The demo's four stories run on a real broker with a network that is really cut; what is said is compared with the consumer's own log
  (\`npm run demo -- --check\`).
- The sidecar's count of drops is compared with a real Kafka Streams application's own metric ([sidecar](sidecar.md)).
- Watermarks of four nodes (a real Kafka Streams application with a repartition topic, followed from outside, and two groups behind it) equal
  those computed from the applications' own logs, and so does the input that is named, while one task is held back, a source is idle, and all stand still.
  A law over seeded pipelines holds besides: no record that a node has yet to process is older than its watermark, which never goes back.
`,
);
