import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Incident, isConfirmed, sourceName } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { prng } from '../story/prng.ts';
import { play } from './play.ts';
import { type PredictedIncident, predict } from './predict.ts';
import { readTrace } from './trace.ts';

// Nobody looks ahead: what is dated before a line must have been said when the trace ends at that line.

const folder = join(import.meta.dirname, '../../../testdata/scenarios');
const traces = readdirSync(folder).filter((name) => name.endsWith('.trace.jsonl.gz'));
const cutsPerTrace = 4;
/** Lines are stamped by the consumers' clocks, incidents are dated by true time; these worlds' clocks differ by less. */
const clockSlackMs = 1_000;

/** A change of kind or place is another incident, with another date; bounds may become tighter. */
function dated({ kind, pid, task, detectedAtMs }: PredictedIncident): string {
  return `${kind} of ${pid} at task ${kind === 'interleave' ? task : '-'}, first said at ${detectedAtMs}`;
}

test.for(traces)('%s: cut anywhere, what is dated before has been said', (name) => {
  const { header, lines } = readTrace(join(folder, name));
  const { incidents } = predict({ header, lines });
  const random = prng(lines.length);
  const anywhere = Array.from({ length: cutsPerTrace }, () => Math.floor((0.15 + 0.85 * random()) * lines.length));
  const rightAfter = incidents
    .slice(0, cutsPerTrace)
    .map(({ detectedAtMs }) => lines.findIndex((line) => line[1] > detectedAtMs + clockSlackMs) + 1);
  for (const count of [...anywhere, ...rightAfter.filter((after) => after > 0)]) {
    const endMs = lines[count - 1]![1];
    const said = predict({ header, lines: lines.slice(0, count) }).incidents.map(dated);
    const due = incidents.filter(({ detectedAtMs }) => detectedAtMs < endMs - clockSlackMs).map(dated);
    expect(said, `cut after ${count} lines, at ${endMs} ms`).toEqual(expect.arrayContaining(due));
  }
});

test.for(traces)('%s: at every tick, what is dated up to it has been said, with the date that it keeps', (name) => {
  const firstSaidMs = new Map<string, number>();
  const keyOf = ({ id, kind, source, detectedAtMs }: Incident): string =>
    `${id}: ${kind} of ${sourceName(source)}, ${detectedAtMs}`;
  const { last } = play(readTrace(join(folder, name)), ({ incidents, nowMs }) => {
    for (const incident of incidents.filter(isConfirmed)) {
      const key = keyOf(incident);
      if (!firstSaidMs.has(key)) firstSaidMs.set(key, nowMs);
    }
  });
  const confirmed = last.incidents.filter(isConfirmed);
  for (const incident of confirmed)
    expect(firstSaidMs.get(keyOf(incident)), incident.sentence).toBe(incident.detectedAtMs);
  // No date, kind or place was changed afterwards: nothing else was ever said.
  expect(firstSaidMs.size).toBe(confirmed.length);
});

describe('these worlds', () => {
  test('have something to say in most of them', () => {
    const kinds = traces.flatMap((name) => predict(readTrace(join(folder, name))).incidents.map(({ kind }) => kind));
    expect([...new Set(kinds)].sort()).toEqual(['backfill', 'broker', 'clock', 'disconnect', 'interleave', 'shuffle']);
  });
});
