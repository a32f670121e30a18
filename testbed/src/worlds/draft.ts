import { between, type Chance, chanceOf, magnitude, oneOf, shuffled, wholeBetween } from './chance.ts';
import type { Delay, Fault, FaultKind, Process, Producer, Span, Task, World } from './world.ts';

/** How far a world may be from those that are known: `like` them, or `wide` of them. */
export type Range = 'like' | 'wide';

export interface Needs {
  readonly producers?: number;
  readonly partitions?: number;
  readonly brokers?: number;
  readonly tasks?: number;
  readonly topics?: number;
  readonly pids?: 'named' | 'alone' | 'shared';
  readonly isRepartition?: boolean;
  readonly isSteady?: boolean;
}

const recordsMost = 22_000;
/** Before it, habits are learnt; after the last fault, what was held comes. */
export const quietMs = 300_000;
const afterMs = 150_000;

/** A world that is being made: what is in it, and where faults find their time and place. */
export class Draft {
  readonly chance: Chance;
  readonly seed: number;
  readonly family: string;
  readonly range: Range;
  readonly durationMs: number;
  readonly brokers: number;
  readonly topics: World['topics'];
  readonly partitions: World['partitions'];
  readonly tasks: Task[];
  readonly producers: Producer[] = [];
  readonly faults: Fault[] = [];
  readonly policy: World['policy'];

  constructor(seed: number, family: string, range: Range, needs: Needs) {
    const chance = chanceOf(seed, 'draft');
    const isWide = range === 'wide';
    this.chance = chance;
    this.seed = seed;
    this.family = family;
    this.range = range;
    this.durationMs = Math.round(between(chance, 1_080_000, 1_200_000));
    const topics = needs.topics ?? (isWide && chance() < 0.2 ? 2 : 1);
    const perTopic = Math.max(
      needs.partitions ?? 1,
      isWide ? Math.round(magnitude(chance, 1, 24 / topics)) : oneOf(chance, [1, 2, 3, 4]),
    );
    this.brokers = Math.max(needs.brokers ?? 1, isWide ? wholeBetween(chance, 1, 6) : 2);
    const stamped = (): 'CreateTime' | 'LogAppendTime' => (chance() < 0.5 ? 'CreateTime' : 'LogAppendTime');
    const suffix = needs.isRepartition === true ? '-by-user-repartition' : '';
    this.topics = Array.from({ length: topics }, (_, i) => ({
      name: `${['orders', 'clicks'][i]}${suffix}`,
      timestampType: stamped(),
    }));
    this.partitions = Array.from({ length: topics * perTopic }, (_, id) => ({
      id,
      topic: Math.floor(id / perTopic),
      number: id % perTopic,
      broker: id % this.brokers,
    }));
    const tasks = Math.min(
      Math.max(needs.tasks ?? 1, isWide ? oneOf(chance, [1, 1, 2, 3]) : 1),
      this.partitions.length,
    );
    this.tasks = Array.from({ length: tasks }, (_, i) => ({
      order: chance() < 0.5 ? 'arrival' : 'smallest-timestamp',
      pollMs: isWide ? Math.round(magnitude(chance, 200, 5000)) : oneOf(chance, [500, 1000, 1000]),
      perPoll: oneOf(chance, [40, 250, 500]),
      partitions: this.partitions.map(({ id }) => id).filter((id) => id % tasks === i),
    }));
    this.policy = {
      windowMs: isWide
        ? oneOf(chance, [10_000, 30_000, 60_000, 300_000, 3_600_000])
        : oneOf(chance, [10_000, 30_000, 60_000]),
      graceMs: isWide ? oneOf(chance, [0, 0, 1000, 5000, 20_000, 120_000]) : oneOf(chance, [0, 2000, 5000, 10_000]),
    };
    this.addProducers(needs);
  }

  private addProducers({ producers: least = 1, pids = 'named', isSteady = false, isRepartition = false }: Needs): void {
    const { chance, range } = this;
    const drawn = range === 'wide' ? Math.round(magnitude(chance, 1, 40)) : wholeBetween(chance, 3, 6);
    const count = pids === 'alone' ? Math.max(least, this.partitions.length) : Math.max(least, drawn);
    const rates = Array.from({ length: count }, () =>
      range === 'wide' ? magnitude(chance, 0.12, 8) : magnitude(chance, 0.4, 1.4),
    );
    const perMs = rates.reduce((a, b) => a + b, 0) / 1000;
    const scale = Math.min(1, recordsMost / (perMs * this.durationMs));
    for (const rate of rates) {
      this.addProducer({ rate: rate * scale, pids, isSteady, ...(isRepartition && { delay: upstreamDelay }) });
    }
  }

  addProducer(of: {
    readonly rate: number;
    readonly pids?: Needs['pids'];
    readonly process?: Process;
    readonly delay?: Delay;
    readonly isSteady?: boolean;
  }): number {
    const { chance, range } = this;
    const index = this.producers.length;
    const partitions =
      of.pids === 'alone' || of.pids === 'shared'
        ? [index % this.partitions.length]
        : this.topicPartitions(index % this.topics.length);
    const isNamed = of.pids === undefined || of.pids === 'named';
    const pids = isNamed ? [0, 1, 2].map((life) => 1000 + index * 10 + life + wholeBetween(chance, 0, 2) * 3000) : [-1];
    this.producers.push({
      name: `producer-${index}`,
      host: `host-${index}`,
      pids,
      partitions,
      process: of.process ?? processOf(chance, of.rate, of.isSteady === true),
      delay: of.delay ?? { kind: 'none' },
      lingerMs: oneOf(chance, [5, 20, 100]),
      wireMs: between(chance, 2, 8),
      isNoisy: range === 'wide' && chance() < 0.04,
      drainPerS: range === 'wide' ? of.rate * magnitude(chance, 2, 200) + 1 : between(chance, 200, 2000),
      retryMs: range === 'wide' ? magnitude(chance, 200, 10_000) : 2000,
    });
    return index;
  }

  setDelay(producer: number, delay: Delay): void {
    this.producers[producer] = { ...this.producers[producer]!, delay };
  }

  setSlowDrain(producer: number): void {
    const one = this.producers[producer]!;
    this.producers[producer] = {
      ...one,
      drainPerS: rateOf(one.process) * between(this.chance, 1.8, 4),
      retryMs: 12_000,
    };
  }

  setBackingOff(producer: number): void {
    this.producers[producer] = { ...this.producers[producer]!, isBackingOff: true };
  }

  setSparse(producer: number): void {
    const rate = magnitude(this.chance, 0.008, 0.04);
    this.producers[producer] = { ...this.producers[producer]!, process: { kind: 'poisson', rate } };
  }

  topicPartitions(topic: number): number[] {
    return this.partitions.filter((partition) => partition.topic === topic).map(({ id }) => id);
  }

  /** Different producers, those that say enough to be missed first. */
  some(count: number): number[] {
    const named = this.producers.map((_, i) => i).filter((i) => this.producers[i]!.process.kind !== 'replay');
    return shuffled(this.chance, named).slice(0, count);
  }

  outage(likeMs: readonly [number, number] = [30_000, 240_000]): number {
    return this.range === 'wide' ? magnitude(this.chance, 6_000, 480_000) : between(this.chance, ...likeMs);
  }

  span(lengthMs: number): Span {
    const most = Math.min(lengthMs, this.durationMs - quietMs - afterMs);
    const startMs = between(this.chance, quietMs, this.durationMs - afterMs - most);
    return [startMs, startMs + most];
  }

  /** Overlaps the other: begins before its end, and ends after its start. */
  across([startMs, endMs]: Span, lengthMs: number): Span {
    const from = between(this.chance, Math.max(quietMs, startMs - 0.7 * lengthMs), endMs - 0.3 * (endMs - startMs));
    return [from, Math.min(from + lengthMs, this.durationMs - 60_000)];
  }

  add(spans: Span | readonly Span[], kind: FaultKind): void {
    const list = (typeof spans[0] === 'number' ? [spans] : spans) as readonly Span[];
    this.faults.push({ id: `f${this.faults.length + 1}`, spans: list, ...kind });
  }

  world(): World {
    const { seed, family, durationMs, policy, topics, partitions, tasks, producers, faults } = this;
    const name = `w${String(seed).padStart(5, '0')}`;
    return { name, family, seed, durationMs, policy, topics, partitions, tasks, producers, faults };
  }
}

const upstreamDelay: Delay = { kind: 'lag', ms: 40, jitterMs: 30 };

function processOf(chance: Chance, rate: number, isSteady: boolean): Process {
  const kind = oneOf(chance, isSteady ? ['poisson', 'periodic'] : ['poisson', 'periodic', 'bursty']);
  if (kind === 'poisson') return { kind, rate };
  if (kind === 'periodic') return { kind, everyMs: 1000 / rate, jitterMs: 100 / rate };
  return { kind: 'bursty', rate: 2.5 * rate, lowRate: 0.25 * rate, onMs: 20_000, offMs: 40_000 };
}

export function rateOf(process: Process): number {
  if (process.kind === 'periodic') return 1000 / process.everyMs;
  if (process.kind === 'bursty') return 0.4 * process.rate;
  return process.rate;
}
