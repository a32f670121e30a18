import type { Chance } from './chance.ts';
import type { VectorCase } from './engines.ts';
import { type DrawnRecord, drawTrace } from './traces.ts';

/** A windowed count in one task per partition or one for all, or (kind `task`) one task of several topics. */
export function kafkaStreamsCase(chance: Chance): VectorCase {
  const { spec, lengthsMs } = drawSpec(chance);
  if (chance.isTrue(0.3)) return taskCase(chance, spec, lengthsMs);
  const perPartition = chance.isTrue(0.2);
  const extractor = drawExtractor(chance);
  const trace = drawTrace(chance, {
    lengthsMs,
    partitions: perPartition ? 2 : 1,
    negativeTimes: extractor.timestampExtractor !== undefined || chance.isTrue(0.05),
    nullKeys: chance.isTrue(0.3),
    nullValues: chance.isTrue(0.3),
  });
  const filter = chance.isTrue(0.2) ? { filterOutKeys: ['k1'] } : {};
  const throttle = chance.isTrue(0.2) ? { emitIntervalMs: chance.oneOf([100, 1_000, 5_000]) } : {};
  return {
    kind: 'window',
    description: 'drawn from a seed',
    spec: { ...spec, ...extractor, ...filter, ...throttle, tasks: perPartition ? 'perPartition' : 'single' },
    trace,
  };
}

function drawExtractor(chance: Chance): { readonly timestampExtractor?: string } {
  return chance.isTrue(0.15)
    ? { timestampExtractor: chance.oneOf(['LogAndSkipOnInvalidTimestamp', 'UsePartitionTimeOnInvalidTimestamp']) }
    : {};
}

function drawSpec(chance: Chance): { readonly spec: object; readonly lengthsMs: readonly number[] } {
  const scale = chance.oneOf([1, 10, 1_000, 60_000]);
  const sizeMs = scale * chance.between(1, 12);
  const graceMs = chance.isTrue(0.3) ? 0 : chance.between(0, 2 * sizeMs);
  const advanceMs = chance.between(Math.max(1, Math.ceil(sizeMs / 6)), sizeMs);
  const [window, leastRetentionMs] = chance.oneOf([
    [{ type: 'tumbling', sizeMs }, sizeMs],
    [{ type: 'hopping', sizeMs, advanceMs }, sizeMs],
    [{ type: 'sliding', timeDifferenceMs: sizeMs }, 2 * sizeMs],
    [{ type: 'session', gapMs: sizeMs }, sizeMs],
  ] as const);
  const retention = chance.isTrue(0.2)
    ? { retentionMs: leastRetentionMs + graceMs + chance.oneOf([0, 1, sizeMs, 10 * sizeMs, 120_000]) }
    : {};
  const graceApi = graceMs === 0 && chance.isTrue(0.5) ? 'none' : 'and';
  return { spec: { window, graceMs, graceApi, ...retention }, lengthsMs: [sizeMs, graceMs, advanceMs] };
}

/** Polls of topics that one task reads. Now and then a topic brings nothing, because it has nothing or because its fetch is slow. */
function taskCase(chance: Chance, spec: object, lengthsMs: readonly number[]): VectorCase {
  const topics = ['A', 'B', 'C', 'orders', 'payments'].slice(0, chance.between(2, 4));
  const extractor = chance.isTrue(0.2) ? { timestampExtractor: 'LogAndSkipOnInvalidTimestamp' } : {};
  const negativeTimes = extractor.timestampExtractor !== undefined;
  const drawn = drawTrace(chance, { lengthsMs, partitions: 1, negativeTimes, nullKeys: false, nullValues: false });
  const nextOffset = new Map<string, number>();
  const trace = drawn.map((record): DrawnRecord => {
    const topic = chance.oneOf(topics);
    const offset = nextOffset.get(topic) ?? 0;
    nextOffset.set(topic, offset + 1);
    return { ...record, topic, offset };
  });
  const silent = chance.isTrue(0.5) ? chance.oneOf(topics) : undefined;
  const maxTaskIdleMs = chance.oneOf([-1, 0, 0, 200, 1_000]);
  return {
    kind: 'task',
    description: 'drawn from a seed',
    spec: { ...spec, ...extractor, tasks: 'single', topics, maxTaskIdleMs },
    trace,
    polls: drawPolls(chance, topics, trace, silent),
  };
}

function drawPolls(
  chance: Chance,
  topics: readonly string[],
  trace: readonly DrawnRecord[],
  silent: string | undefined,
): object[] {
  const waiting = new Map(topics.map((topic) => [topic, trace.filter((record) => record.topic === topic)]));
  const fetched = new Map(topics.map((topic) => [topic, 0]));
  const most = chance.between(1, 12);
  let wall = trace[0]!.arrival;
  const polls: object[] = [];
  for (let poll = 0; poll < 400 && [...waiting.values()].some((records) => records.length > 0); poll++) {
    const took: Record<string, number[]> = {};
    const endOffsets: Record<string, number> = {};
    for (const topic of topics) {
      const records = waiting.get(topic)!;
      const isCutOff = topic === silent && poll > 3 && poll < 15;
      const isSlow = !isCutOff && chance.isTrue(0.25);
      const some = isCutOff || isSlow ? [] : records.splice(0, chance.between(0, most));
      took[topic] = some.map(({ i }) => i);
      fetched.set(topic, fetched.get(topic)! + some.length);
      endOffsets[topic] = fetched.get(topic)! + (isCutOff ? 0 : records.length);
    }
    polls.push({ wall, fetched: took, endOffsets });
    wall += chance.oneOf([1, 50, 100, 100, 100, 500]);
  }
  return polls;
}
