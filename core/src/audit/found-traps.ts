import type { PolicySpec } from '../dialects/policy-spec.ts';
import { explain, KafkaStreamsTraps, type Trap } from '../dialects/traps.ts';
import type { AuditPolicy } from './audit-policy.ts';
import type { Audited, Directory } from './audited.ts';
import { GridRun, hasGrid } from './grid-run.ts';

type GridSpec = ConstructorParameters<typeof GridRun>[0];

/** A trap of the engine, how often it was met, and the first case in words. */
export interface FoundTrap {
  readonly kind: Trap['kind'];
  readonly count: number;
  readonly first: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly sentence: string;
}

export interface TrapFinder {
  take(record: Audited, directory: Directory): void;
  found(): FoundTrap[];
}

/** Where the engine does what hardly anybody expects; undefined where none of its traps can be met by this policy. */
export function dialectTraps({ spec, emit }: AuditPolicy, hasKeys: boolean): TrapFinder | undefined {
  if (spec.engine === 'flink' && hasGrid(spec) && spec.window.kind === 'hopping') return new PartlyRefused(spec);
  // Sessions that are forgotten and results that never come are found by key; without keys all would be one.
  const isTrapped = spec.window.kind === 'session' || emit === 'onWindowClose';
  if (spec.engine === 'kafka-streams' && isTrapped && hasKeys) return new StreamsFinder(spec, emit);
  return undefined;
}

abstract class Finder implements TrapFinder {
  readonly #found = new Map<Trap['kind'], { count: number; first: FoundTrap['first']; sentence: string }>();

  abstract take(record: Audited, directory: Directory): void;

  found(): FoundTrap[] {
    return [...this.#found].map(([kind, found]) => ({ kind, ...found }));
  }

  protected note(trap: Trap, { place, offset }: Audited, { places }: Directory): void {
    const known = this.#found.get(trap.kind);
    if (known === undefined)
      this.#found.set(trap.kind, { count: 1, first: { ...places[place]!, offset }, sentence: explain(trap) });
    else known.count++;
  }
}

class PartlyRefused extends Finder {
  readonly #spec: GridSpec;
  #run: GridRun | undefined;

  constructor(spec: GridSpec) {
    super();
    this.#spec = spec;
  }

  take(record: Audited, directory: Directory): void {
    const run = (this.#run ??= new GridRun(this.#spec, directory.places.length));
    run.take(record, record.place);
    const { refused, windows } = run.judgement;
    if (refused > 0 && refused < windows) this.note({ kind: 'partlyRefused', refused, windows }, record, directory);
  }
}

class StreamsFinder extends Finder {
  readonly #spec: PolicySpec & { engine: 'kafka-streams' };
  readonly #emit: AuditPolicy['emit'];
  readonly #traps = new Map<number, KafkaStreamsTraps>();

  constructor(spec: PolicySpec & { engine: 'kafka-streams' }, emit: AuditPolicy['emit']) {
    super();
    this.#spec = spec;
    this.#emit = emit;
  }

  take(record: Audited, directory: Directory): void {
    const { partition } = directory.places[record.place]!;
    let traps = this.#traps.get(partition);
    if (traps === undefined) {
      traps = new KafkaStreamsTraps({ ...this.#spec, emit: this.#emit, emitIntervalMs: 0 });
      this.#traps.set(partition, traps);
    }
    if (record.eventMs < 0) return;
    for (const trap of traps.take({
      key: record.key,
      eventMs: record.eventMs,
      hasValue: record.hasValue,
      nowMs: record.arrivalMs,
    })) {
      this.note(trap, record, directory);
    }
  }
}
