import type { BeamWindowsOptions } from './beam.ts';
import { beamFaults } from './beam-faults.ts';
import { type SpecFault, SpecFaults } from './fault.ts';
import { windowFaults as flinkFaults } from './flink/window-faults.ts';
import { type TimestampExtractor, timestampExtractors } from './kafka-streams/timestamp-extractor.ts';
import { windowFaults as kafkaStreamsFaults } from './kafka-streams/window-faults.ts';
import type { LatePolicy, PlainWindowsOptions } from './plain.ts';
import { SpecFields } from './spec-fields.ts';
import type { WindowShape } from './windows.ts';

/** What a consumer does about late records, as its owner declares it. */
export type PolicySpec =
  | {
      readonly engine: 'kafka-streams';
      readonly window: WindowShape;
      readonly graceMs: number;
      readonly retentionMs: number | undefined;
      readonly timestampExtractor: TimestampExtractor;
    }
  | {
      readonly engine: 'flink';
      readonly window: Exclude<WindowShape, { kind: 'sliding' }>;
      readonly outOfOrdernessMs: number;
      readonly allowedLatenessMs: number;
      readonly idleTimeoutMs: number | undefined;
      /** Undefined: a watermark with every record. */
      readonly watermarkIntervalMs: number | undefined;
      readonly partitions: 'merged' | 'perSplit' | 'perChannel';
    }
  | ({ readonly engine: 'beam' } & BeamWindowsOptions)
  | ({ readonly engine: 'plain' } & PlainWindowsOptions);

export type CheckedPolicy =
  | { readonly ok: true; readonly policy: PolicySpec }
  | { readonly ok: false; readonly faults: readonly SpecFault[] };

type Engine = PolicySpec['engine'];

const read: { readonly [E in Engine]: (fields: SpecFields, faults: SpecFaults) => PolicySpec & { engine: E } } = {
  'kafka-streams': readKafkaStreams,
  flink: readFlink,
  beam: readBeam,
  plain: readPlain,
};

/**
 * A policy as a user writes it (`engine: kafka-streams`, `window: {kind: hopping, size: 10s, advance: 5s}`,
 * `grace: 30s`), refused where the engine would refuse it, with every fault, its place and its cure.
 */
export function readPolicySpec(value: unknown): CheckedPolicy {
  const faults = new SpecFaults();
  const fields = new SpecFields(value, '', faults);
  const engine = fields.choice('engine', Object.keys(read) as Engine[]);
  if (engine === undefined) return { ok: false, faults: faults.all };
  const policy = read[engine](fields, faults);
  fields.end();
  return faults.all.length === 0 ? { ok: true, policy } : { ok: false, faults: faults.all };
}

function readKafkaStreams(fields: SpecFields, faults: SpecFaults): PolicySpec & { engine: 'kafka-streams' } {
  const policy = {
    engine: 'kafka-streams',
    window: readWindow(fields.fields('window'), ['tumbling', 'hopping', 'sliding', 'session']),
    graceMs: fields.durationMs('grace'),
    retentionMs: fields.optionalDurationMs('retention'),
    timestampExtractor:
      fields.choice('timestampExtractor', timestampExtractors, 'FailOnInvalidTimestamp') ?? 'FailOnInvalidTimestamp',
  } as const;
  addEngineFaults(kafkaStreamsFaults(policy), faults);
  return policy;
}

function readFlink(fields: SpecFields, faults: SpecFaults): PolicySpec & { engine: 'flink' } {
  const policy = {
    engine: 'flink',
    window: readEventTimeWindow(fields),
    outOfOrdernessMs: fields.durationMs('outOfOrderness'),
    allowedLatenessMs: fields.optionalDurationMs('allowedLateness') ?? 0,
    idleTimeoutMs: fields.optionalDurationMs('idleTimeout'),
    watermarkIntervalMs: fields.optionalDurationMs('watermarkInterval'),
    partitions: fields.choice('partitions', ['merged', 'perSplit', 'perChannel'], 'perSplit') ?? 'perSplit',
  } as const;
  const { idleTimeoutMs, watermarkIntervalMs } = policy;
  const ticks = watermarkIntervalMs !== undefined && watermarkIntervalMs > 0;
  faults.unless(
    watermarkIntervalMs === undefined || ticks,
    'watermarkInterval',
    watermarkIntervalMs,
    'an interval above 0, or none',
  );
  faults.unless(
    idleTimeoutMs === undefined || ticks,
    'idleTimeout',
    idleTimeoutMs,
    'a watermarkInterval: only its ticks find idleness',
  );
  addEngineFaults(flinkFaults(policy), faults);
  return policy;
}

function readBeam(fields: SpecFields, faults: SpecFaults): PolicySpec & { engine: 'beam' } {
  const policy = {
    engine: 'beam',
    window: readEventTimeWindow(fields),
    outOfOrdernessMs: fields.durationMs('outOfOrderness'),
    allowedLatenessMs: fields.optionalDurationMs('allowedLateness') ?? 0,
  } as const;
  addEngineFaults(beamFaults(policy), faults);
  return policy;
}

function readPlain(fields: SpecFields, faults: SpecFaults): PolicySpec & { engine: 'plain' } {
  const window = readEventTimeWindow(fields);
  const late = readLate(fields.fields('late'));
  const ms = late.kind === 'drop' ? 0 : late.ms;
  faults.unless(ms >= 0, 'late.by', ms, 'a duration of 0 or more');
  // Windows kept by hand are built as Flink builds them, so the same shapes are impossible.
  addEngineFaults(flinkFaults({ window, allowedLatenessMs: 0, outOfOrdernessMs: 0 }), faults);
  return { engine: 'plain', window, late };
}

function readLate(fields: SpecFields): LatePolicy {
  const kind = fields.choice('kind', ['drop', 'wait', 'grace']);
  if (kind === undefined) return { kind: 'drop' };
  const late: LatePolicy = kind === 'drop' ? { kind } : { kind, ms: fields.durationMs('by') };
  fields.end();
  return late;
}

function readEventTimeWindow(fields: SpecFields): Exclude<WindowShape, { kind: 'sliding' }> {
  return readWindow(fields.fields('window'), ['tumbling', 'hopping', 'session']) as Exclude<
    WindowShape,
    { kind: 'sliding' }
  >;
}

function readWindow(fields: SpecFields, kinds: readonly WindowShape['kind'][]): WindowShape {
  const kind = fields.choice('kind', kinds);
  if (kind === undefined) return { kind: 'session', gapMs: 1 };
  const window = readShape(fields, kind);
  fields.end();
  return window;
}

function readShape(fields: SpecFields, kind: WindowShape['kind']): WindowShape {
  if (kind === 'session') return { kind, gapMs: fields.durationMs('gap') };
  if (kind === 'sliding') return { kind, differenceMs: fields.durationMs('difference') };
  const sizeMs = fields.durationMs('size');
  const advance = kind === 'hopping' ? { advanceMs: fields.durationMs('advance') } : undefined;
  const offsetMs = fields.optionalDurationMs('offset');
  const offset = offsetMs === undefined ? {} : { offsetMs };
  return advance ? { kind: 'hopping', sizeMs, ...advance, ...offset } : { kind: 'tumbling', sizeMs, ...offset };
}

/**
 * The engines' own faults name fields in milliseconds; a user wrote them without. One fault per field is enough, and of a
 * window that could not be read whole nothing more can be said.
 */
function addEngineFaults(found: readonly SpecFault[], faults: SpecFaults): void {
  const partOf = (path: string): string => (path.startsWith('window.') ? 'window' : path);
  const named = new Set(faults.all.map(({ path }) => partOf(path)));
  for (const { path, got, expected } of found) {
    const written = path.replace(/Ms$/, '');
    if (!named.has(partOf(written)))
      faults.unless(false, written, typeof got === 'number' ? `${got}ms` : got, expected);
  }
}
