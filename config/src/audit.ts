import { type audit, dialects } from '@tidemark/core';
import { z } from 'zod';
import { amountExpected, parseAmount, parseShare, shareExpected } from './amount.ts';
import { described, type SettingDescription } from './described.ts';
import { durationExpected, parseDurationMs } from './duration.ts';
import type { Checked, Fault } from './faults.ts';
import { readFlags } from './flags.ts';
import { type Sasl, saslMechanisms } from './follow.ts';
import { type HistoryPlace, isBefore, parsePlace } from './history-place.ts';
import { brokersExpected, parseAddresses, parseTopics, topicsExpected } from './kafka-names.ts';
import { refuseMisplaced } from './misplaced-flags.ts';
import { text } from './parsed-text.ts';
import { lateExpected, type PolicySetting, parseLate, parseWindow, policiesOf } from './policy-flags.ts';

/** Which column or field of a file holds what; undefined: the usual name, if it is there. */
export interface FieldNames {
  readonly time: string | undefined;
  readonly topic: string | undefined;
  readonly partition: string | undefined;
  readonly offset: string | undefined;
  readonly key: string | undefined;
  readonly source: string | undefined;
  readonly append: string | undefined;
  readonly fetched: string | undefined;
  readonly processed: string | undefined;
}

export const timeUnits = { ms: 1, s: 1_000, us: 0.001, ns: 0.000_001 } as const;
export type TimeUnit = keyof typeof timeUnits;

export type HistorySetting =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly format: 'jsonl' | 'csv' | undefined;
      readonly fields: FieldNames;
      readonly timeUnit: TimeUnit;
      readonly delimiter: string;
    }
  | { readonly kind: 'capture'; readonly path: string }
  | {
      readonly kind: 'kafka';
      readonly topics: readonly string[];
      readonly brokers: readonly string[];
      readonly tls: boolean;
      readonly sasl: Sasl | undefined;
      readonly from: HistoryPlace;
      readonly to: HistoryPlace;
      readonly readCommitted: boolean;
      /** On topics with LogAppendTime the broker's stamp is the record's timestamp; the producer's is still there. */
      readonly eventTime: 'timestamp' | 'create';
    };

export interface AuditSettings {
  readonly history: HistorySetting;
  readonly policies: PolicySetting;
  readonly json: boolean;
  readonly html: string | undefined;
  readonly top: number;
  readonly causes: boolean;
  readonly order: boolean;
  readonly budget: audit.Amount | undefined;
  readonly costs: audit.Costs;
  readonly punctuateMs: number | undefined;
  /** Undefined: as they arrived. Else as tasks of Kafka Streams would have taken them. */
  readonly engineOrder: audit.LiveOptions | undefined;
  readonly clockBoundMs: number;
  readonly takenWithinMs: number;
  /** Of how many records replays are compared; 0: they are not. */
  readonly replayed: number;
}

const duration = text(durationExpected, parseDurationMs);
const number = text('a number such as 0.25', (given) => (/^\d+(\.\d+)?$/.test(given) ? Number(given) : undefined));
const onOff = text('on or off', (given) => ({ on: true, off: false })[given.toLowerCase()]);
const place = text(
  'earliest, latest, an offset, a duration ago such as 2h, or a time such as 2026-01-05T10:00:00Z',
  parsePlace,
);
const names = text(topicsExpected, parseTopics);
const file = z.string().describe('the path of a file');
const field = z.string().describe('the name of a field or column');
const length = z.string().describe(durationExpected);
const oneOf = <T extends string>(choices: readonly T[]): z.ZodType<T, string> =>
  text(`one of ${choices.join(', ')}`, (given) => choices.find((choice) => choice === given));

/** One row a flag: `docs/audit.md` is tested against it. */
const schema = z.object({
  file: file.optional(),
  format: oneOf(['jsonl', 'csv']).optional(),
  'time-field': field.optional(),
  'topic-field': field.optional(),
  'partition-field': field.optional(),
  'offset-field': field.optional(),
  'key-field': field.optional(),
  'source-field': field.optional(),
  'append-field': field.optional(),
  'fetched-field': field.optional(),
  'processed-field': field.optional(),
  'time-unit': oneOf(['ms', 's', 'us', 'ns']).prefault('ms'),
  delimiter: text('one character', (given) =>
    given === '\\t' ? '\t' : [...given].length === 1 ? given : undefined,
  ).prefault(','),
  capture: file.optional(),
  topic: names.optional(),
  brokers: text(brokersExpected, parseAddresses).optional(),
  from: place.prefault('earliest'),
  to: place.prefault('latest'),
  'event-time': oneOf(['timestamp', 'create']).prefault('timestamp'),
  tls: onOff.prefault('off'),
  sasl: oneOf(saslMechanisms).optional(),
  username: z.string().describe('a name beside --sasl').default(''),
  isolation: oneOf(['read_uncommitted', 'read_committed']).prefault('read_uncommitted'),
  policies: z.string().describe('a YAML file').optional(),
  engine: z.string().describe('one of kafka-streams, flink, beam, plain').prefault('kafka-streams'),
  window: text('a window such as tumbling:1m, hopping:10s/5s, sliding:10s or session:30s', parseWindow).optional(),
  grace: length.optional(),
  retention: length.optional(),
  'timestamp-extractor': z
    .string()
    .describe(`one of ${dialects.timestampExtractors.join(', ')}`)
    .optional(),
  emit: oneOf(['on-window-update', 'on-window-close']).prefault('on-window-update'),
  'out-of-orderness': length.optional(),
  'allowed-lateness': length.optional(),
  'idle-timeout': length.optional(),
  'watermark-interval': length.optional(),
  partitions: z.string().describe('one of merged, perSplit, perChannel').optional(),
  late: text(lateExpected, parseLate).optional(),
  tasks: oneOf(['partition', 'all']).optional(),
  'max-dropped': text(amountExpected, parseAmount).optional(),
  'max-windows-touched': text(amountExpected, parseAmount).optional(),
  'max-window-error': text(shareExpected, parseShare).optional(),
  html: file.optional(),
  top: text('a whole number from 1 to 1000', (given) => {
    const top = Number(given);
    return Number.isInteger(top) && top >= 1 && top <= 1_000 ? top : undefined;
  }).prefault('10'),
  causes: onOff.prefault('on'),
  order: onOff.prefault('on'),
  budget: text(amountExpected, parseAmount).optional(),
  'cost-per-drop': number.optional(),
  'cost-per-second': number.optional(),
  'cost-per-update': number.optional(),
  punctuate: duration.optional(),
  'order-by': oneOf(['arrival', 'engine']).prefault('arrival'),
  idle: duration.optional(),
  'fetch-every': duration.optional(),
  'clock-bound': duration.prefault('0s'),
  'taken-within': duration.prefault('5s'),
  'replay-records': text('a whole number up to 100000000', (given) => {
    const records = Number(given);
    return Number.isInteger(records) && records >= 0 && records <= 100_000_000 ? records : undefined;
  }).prefault('2000000'),
  json: onOff.describe('no value').default(false),
});

type Flag = keyof typeof schema.shape;
const alone: readonly Flag[] = ['json'];
const withValue = (Object.keys(schema.shape) as Flag[]).filter((name) => !alone.includes(name));
export const auditReference: readonly SettingDescription[] = described(schema);
export const auditFlags: readonly string[] = [...withValue, ...alone].map((name) => `--${name}`);

/** The password is a variable, `TIDEMARK_PASSWORD`: a command line can be read by everybody on the machine. */
export function readAuditSettings(
  flags: readonly string[],
  { password = '' }: { readonly password?: string | undefined } = {},
): Checked<AuditSettings> {
  const faults: Fault[] = [];
  const given = readFlags(flags, { withValue, alone }, faults);
  const read = schema.safeParse(given);
  for (const { path, message } of read.error?.issues ?? []) {
    const name = String(path[0]);
    faults.push({ where: `--${name}`, got: given[name], expected: message });
  }
  if (!read.success) return { ok: false, faults };
  const { data } = read;
  const history = historyOf(data, given, password, faults);
  if (history !== undefined) refuseMisplaced(history.kind, given, faults);
  const policies = policiesOf(data, given, faults);
  const engineOrder = engineOrderOf(data, faults);
  if (history === undefined || policies === undefined || faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    value: {
      history,
      policies,
      json: data.json,
      html: data.html,
      top: data.top,
      causes: data.causes,
      order: data.order,
      budget: data.budget,
      costs: {
        perDrop: data['cost-per-drop'],
        perSecond: data['cost-per-second'],
        perUpdate: data['cost-per-update'],
      },
      punctuateMs: data.punctuate,
      engineOrder,
      clockBoundMs: data['clock-bound'],
      takenWithinMs: data['taken-within'],
      replayed: data['replay-records'],
    },
  };
}

type Data = z.infer<typeof schema>;

function engineOrderOf(data: Data, faults: Fault[]): audit.LiveOptions | undefined {
  if (data['order-by'] === 'engine') return { maxIdleMs: data.idle ?? 0, fetchEveryMs: data['fetch-every'] ?? 0 };
  for (const flag of ['idle', 'fetch-every'] as const) {
    if (data[flag] === undefined) continue;
    faults.push({ where: `--${flag}`, got: `${data[flag]} ms`, expected: 'it beside --order-by engine only' });
  }
  return undefined;
}

function historyOf(
  data: Data,
  given: { readonly [name: string]: string },
  password: string,
  faults: Fault[],
): HistorySetting | undefined {
  const places = [data.file, data.capture, data.topic].filter((place) => place !== undefined);
  if (places.length !== 1) {
    const got = places.length === 0 ? undefined : 'more than one of them';
    faults.push({ where: '--file, --capture, --topic', got, expected: 'one place to take the history from' });
    return undefined;
  }
  if (data.capture !== undefined) {
    if (data.window !== undefined || data.policies !== undefined) {
      const expected =
        'none beside --capture: it has the drops of the policies that its consumers declared, and no records';
      faults.push({ where: data.window === undefined ? '--policies' : '--window', got: 'a policy', expected });
    }
    return { kind: 'capture', path: data.capture };
  }
  if (data.file !== undefined) {
    return {
      kind: 'file',
      path: data.file,
      format: data.format,
      fields: {
        time: data['time-field'],
        topic: data['topic-field'],
        partition: data['partition-field'],
        offset: data['offset-field'],
        key: data['key-field'],
        source: data['source-field'],
        append: data['append-field'],
        fetched: data['fetched-field'],
        processed: data['processed-field'],
      },
      timeUnit: data['time-unit'],
      delimiter: data.delimiter,
    };
  }
  if (data.brokers === undefined) {
    faults.push({ where: '--brokers', got: undefined, expected: 'addresses such as kafka-1:9092 beside --topic' });
    return undefined;
  }
  if (isBefore(data.to, data.from)) faults.push({ where: '--to', got: given.to, expected: 'it to be after --from' });
  return {
    kind: 'kafka',
    topics: data.topic!,
    brokers: data.brokers,
    tls: data.tls,
    sasl: data.sasl && { mechanism: data.sasl, username: data.username, password },
    from: data.from,
    to: data.to,
    readCommitted: data.isolation === 'read_committed',
    eventTime: data['event-time'],
  };
}
