import { fileURLToPath } from 'node:url';
import { dialects } from '@tidemark/core';
import { expect, test } from 'vitest';
import { isObject } from '../compare.ts';
import { readVector } from '../files.ts';
import { readKafkaStreamsSpec } from './kafka-streams-spec.ts';
import { list, object } from './read.ts';
import { readTrace } from './trace.ts';

const folder = fileURLToPath(new URL('../../../../testdata/oracles', import.meta.url));

function vector(file: string): Record<string, unknown> {
  const content = readVector(`${folder}/${file}.json.gz`);
  if (!isObject(content)) throw new Error(`${file} is no vector`);
  return content;
}

/** The traps of a run of Kafka Streams, each with the record (`i`) that showed it. */
function trapsOf(file: string, emit: 'onWindowUpdate' | 'onWindowClose') {
  const content = vector(file);
  const { order, events } = object(content.expected, 'expected');
  const spec = readKafkaStreamsSpec(content.spec as Record<string, unknown>, [
    'topics',
    'maxTaskIdleMs',
    'preloadPhases',
    'pauseMs',
    'restartBeforePhase',
  ]);
  const trace = readTrace(content.trace, { arrivalsOrdered: false });
  const inOrder = order === undefined ? trace : list(order, 'order').map((item) => trace[(item as { i: number }).i]!);
  const restart = list(events ?? [], 'events').find((event) => object(event, 'event').event === 'restart');
  const traps = new dialects.KafkaStreamsTraps({ ...spec, emit, emitIntervalMs: 0 });
  return inOrder.flatMap((record, at) => {
    if (at === (restart as { afterOrder: number } | undefined)?.afterOrder) traps.restart();
    const chosen = { key: record.key, eventMs: record.eventMs, hasValue: record.hasValue, nowMs: record.arrivalMs };
    return traps.take(chosen).map((trap) => ({ i: record.i, at, trap }));
  });
}

type Row = readonly [key: string, start: number, end: number, count: number | null];
const idOf = ([key, start, end]: Row): string => `${key} ${start} ${end}`;

test.for(['tumbling', 'hopping', 'sliding', 'session'])(
  '%s: the final results that suppress emits and onWindowClose never does',
  (kind) => {
    const file = `kafka-streams/ks-${kind}-lost-finals`;
    const final = object(object(vector(file).expected, 'expected').final, 'final');
    const { suppress, onWindowClose } = final as Record<string, { window: Row }[]>;
    const emitted = new Set(onWindowClose!.map(({ window }) => idOf(window)));
    const never = suppress!.map(({ window }) => window).filter((window) => !emitted.has(idOf(window)));
    const found = trapsOf(file, 'onWindowClose').map(({ trap }) => {
      if (trap.kind !== 'finalNeverEmitted') throw new Error(trap.kind);
      return [trap.key, trap.startMs, trap.endMs, trap.count] as Row;
    });
    expect(never.length).toBeGreaterThan(3);
    expect(found.map(String).sort()).toEqual(never.map(String).sort());
  },
);

test('a trace without jumps loses no final result', () => {
  expect(trapsOf('kafka-streams/ks-tumbling-bounded', 'onWindowClose')).toEqual([]);
});

test('drops start again after a restart, once a younger record has come', () => {
  const found = trapsOf('kafka-broker/broker-restart', 'onWindowUpdate');
  const { order, events } = object(vector('kafka-broker/broker-restart').expected, 'expected');
  const dropped = (order as { dropped: number }[]).map((step) => step.dropped);
  const restart = (events as { event: string; afterOrder: number }[]).find(
    ({ event }) => event === 'restart',
  )!.afterOrder;
  const again = dropped.findIndex((drops, at) => at >= restart && drops > 0);
  // Every record between the two is older than what was dropped just before the restart.
  const trap = { kind: 'dropsStartAgain', acceptedRecords: again - restart, acceptedWindows: again - restart };
  expect(dropped[restart - 1]).toBe(1);
  expect(found).toEqual([{ i: again, at: again, trap }]);
});

test.for([
  'ks-session-edges-1000-0',
  'ks-session-edges-1000-500',
  'ks-session-edges-long-retention',
  'ks-session-bridges-1000-0',
])(
  'a session at the exact edge is forgotten, and overwritten where the engine says the same window again: %s',
  (file) => {
    const { records } = object(vector(`kafka-streams/${file}`).expected, 'expected');
    const counts = new Map<string, number | null>();
    const restarted: number[] = [];
    for (const { i, updates } of records as { i: number; updates: Row[] }[]) {
      for (const row of updates) {
        if (row[3] !== null && row[3] <= (counts.get(idOf(row)) ?? 0)) restarted.push(i);
        counts.set(idOf(row), row[3]);
      }
    }
    const found = trapsOf(`kafka-streams/${file}`, 'onWindowUpdate');
    const overwritten = found.filter(({ trap }) => trap.kind === 'sessionForgotten' && trap.overwritten);
    expect(overwritten.map(({ i }) => i)).toEqual(restarted);
    expect(found.length > 0).toBe(file.includes('edges-1000'));
  },
);

test.for(['flink-hopping-edges-10000-5000', 'flink-hopping-heavy-tail'])(
  'records that only some windows refuse, and that Flink counts nowhere: %s',
  (file) => {
    const content = vector(`flink/${file}`);
    const { window, allowedLatenessMs, outOfOrdernessMs } = content.spec as {
      window: { sizeMs: number; advanceMs: number };
      allowedLatenessMs: number;
      outOfOrdernessMs: number;
    };
    const { records } = object(content.expected, 'expected') as {
      records: { watermark: number | null; late: boolean }[];
    };
    const operator = new dialects.flink.WindowOperator({
      window: { kind: 'hopping', sizeMs: window.sizeMs, advanceMs: window.advanceMs },
      allowedLatenessMs,
    });
    let highestMs = Number.NEGATIVE_INFINITY;
    let found = 0;
    for (const [i, record] of readTrace(content.trace, { arrivalsOrdered: true }).entries()) {
      const watermarkMs = records[i]!.watermark ?? Number.NEGATIVE_INFINITY;
      const refused: boolean[] = [];
      const last = Math.floor(record.eventMs / window.advanceMs) * window.advanceMs;
      for (let start = last; start > record.eventMs - window.sizeMs; start -= window.advanceMs)
        refused.push(start + window.sizeMs - 1 + allowedLatenessMs <= watermarkMs);
      operator.take(record.key ?? '', record.eventMs, () => {});
      const trap = dialects.partlyRefused(operator.intake);
      const some = refused.filter(Boolean).length;
      const isPart = some > 0 && some < refused.length;
      expect(trap, `record ${i}`).toEqual(
        isPart ? { kind: 'partlyRefused', refused: some, windows: refused.length } : undefined,
      );
      if (isPart) expect(records[i]!.late).toBe(false);
      if (trap) found++;
      highestMs = Math.max(highestMs, record.eventMs);
      operator.advance(highestMs - outOfOrdernessMs - 1, () => {});
    }
    expect(found).toBeGreaterThan(0);
  },
);
