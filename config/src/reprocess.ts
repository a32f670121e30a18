import { z } from 'zod';
import { described, type SettingDescription } from './described.ts';
import { durationExpected, parseDurationMs } from './duration.ts';
import type { Checked, Fault } from './faults.ts';
import { readFlags } from './flags.ts';
import { type Sasl, saslMechanisms } from './follow.ts';
import { type HistoryPlace, parsePlace } from './history-place.ts';
import { brokersExpected, parseAddresses, parseTopics, topicsExpected } from './kafka-names.ts';
import { text } from './parsed-text.ts';
import {
  lateExpected,
  type PolicySetting,
  parseLate,
  parseWindow,
  policiesOf,
  policySpecFlags,
} from './policy-flags.ts';

export interface ReprocessSettings {
  readonly group: string;
  readonly brokers: readonly string[];
  readonly tls: boolean;
  readonly sasl: Sasl | undefined;
  /** Undefined: all that the group has committed offsets for. */
  readonly topics: readonly string[] | undefined;
  readonly since: HistoryPlace & { readonly kind: 'time' | 'ago' };
  readonly policies: PolicySetting;
  /** Records a second; undefined: measured. */
  readonly throughput: number | undefined;
  readonly measureMs: number;
  /** How far before the start the live run is followed, so that its stream time is known there. */
  readonly lookbackMs: number | undefined;
  readonly json: boolean;
}

const schema = z.object({
  group: z.string().describe('the consumer group whose results are to be made again; needed'),
  brokers: text(brokersExpected, parseAddresses),
  since: text('a duration ago such as 2h, or a time such as 2026-01-05T10:00:00Z', (given) => {
    const place = parsePlace(given);
    return place?.kind === 'time' || place?.kind === 'ago' ? place : undefined;
  }),
  topic: text(topicsExpected, parseTopics).optional(),
  policies: z.string().describe('a YAML file').optional(),
  engine: z.string().describe('one of kafka-streams, flink, beam, plain').prefault('kafka-streams'),
  window: text('a window such as tumbling:1m or hopping:10s/5s', parseWindow).optional(),
  late: text(lateExpected, parseLate).optional(),
  tasks: text('partition or all', (given) => (given === 'partition' || given === 'all' ? given : undefined)).optional(),
  ...Object.fromEntries(
    policySpecFlags.map((flag) => [flag, z.string().describe('as of `tidemark audit`').optional()]),
  ),
  throughput: text('records a second such as 5000', (given) =>
    /^\d+(\.\d+)?$/.test(given) && Number(given) > 0 ? Number(given) : undefined,
  ).optional(),
  measure: text(durationExpected, parseDurationMs).prefault('5s'),
  lookback: text(durationExpected, parseDurationMs).optional(),
  tls: text('on or off', (given) => ({ on: true, off: false })[given]).prefault('off'),
  sasl: text(`one of ${saslMechanisms.join(', ')}`, (given) => saslMechanisms.find((one) => one === given)).optional(),
  username: z.string().describe('a name beside --sasl').default(''),
});

const withValue = Object.keys(schema.shape);
export const reprocessReference: readonly SettingDescription[] = described(schema);
export const reprocessFlags: readonly string[] = [...withValue, 'json'].map((name) => `--${name}`);

/** Of `tidemark reprocess plan`; the password is `TIDEMARK_PASSWORD`. */
export function readReprocessSettings(
  flags: readonly string[],
  { password = '' }: { readonly password?: string | undefined } = {},
): Checked<ReprocessSettings> {
  const faults: Fault[] = [];
  const given = readFlags(flags, { withValue, alone: ['json'] }, faults);
  const read = schema.safeParse(given);
  for (const { path, message } of read.error?.issues ?? []) {
    const name = String(path[0]);
    const expected = given[name] === undefined ? (needed[name] ?? message) : message;
    faults.push({ where: `--${name}`, got: given[name], expected });
  }
  if (!read.success) return { ok: false, faults };
  const { data } = read;
  const policies = policiesOf({ ...data, emit: 'on-window-update' }, given, faults);
  if (policies === undefined || faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    value: {
      group: data.group,
      brokers: data.brokers,
      tls: data.tls,
      sasl: data.sasl && { mechanism: data.sasl, username: data.username, password },
      topics: data.topic,
      since: data.since,
      policies,
      throughput: data.throughput,
      measureMs: data.measure,
      lookbackMs: data.lookback,
      json: 'json' in given,
    },
  };
}

const needed: { readonly [name: string]: string } = {
  group: 'the consumer group whose results are to be made again',
  brokers: brokersExpected,
  since: 'from when on: a duration ago such as 2h, or a time',
};
