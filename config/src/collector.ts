import { parseArgs } from 'node:util';
import type { TopologySpec } from '@tidemark/core';
import { z } from 'zod';
import { type Address, parseAddress } from './address.ts';
import { described, type SettingDescription } from './described.ts';
import { parseDurationMs } from './duration.ts';
import { type Environment, misspeltVariables, setVariables } from './environment.ts';
import type { Checked, Fault } from './faults.ts';
import { text } from './parsed-text.ts';
import { readTopologyFile } from './topology.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What outlives the process. */
export interface StoreSettings {
  readonly folder: string;
  /** How long incidents and the ten-second points are kept. */
  readonly retentionMs: number;
  /** The oldest of them go when there is more on the disk. */
  readonly maxBytes: number;
  readonly snapshotEveryMs: number;
}

export interface CollectorSettings {
  readonly listen: Address;
  readonly tickMs: number;
  readonly logLevel: LogLevel;
  /** The built page; undefined: the one beside the collector. */
  readonly dashboard: string | undefined;
  /** What the user says of groups and the topics between them. */
  readonly topology?: TopologySpec | undefined;
  /** Undefined: nothing is kept. */
  readonly store?: StoreSettings | undefined;
}

const defaultFolder = 'tidemark-data';

const schema = z.object({
  listen: text('an address such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:0', parseAddress).prefault('127.0.0.1:8080'),
  tick: text('a duration from 100ms to 1m such as 1s', durationWithin(100, 60_000)).prefault('1s'),
  'log-level': text(`one of ${logLevels.join(', ')}`, (given) => logLevels.find((level) => level === given)).prefault(
    'info',
  ),
  dashboard: text('a folder', (given) => given).optional(),
  topology: text('a YAML file', (given) => given).optional(),
  store: text('a folder, or off', (given) => given).prefault(defaultFolder),
  retention: text('a duration from 1h to 3650d such as 15d', durationWithin(3_600_000, 3650 * 86_400_000)).prefault(
    '15d',
  ),
  'store-size': text('a size from 256MB up such as 1GB', parseStoreSize).prefault('1GB'),
  'snapshot-interval': text('a duration from 1s to 1h such as 5m', durationWithin(1_000, 3_600_000)).prefault('5m'),
});

type Name = keyof typeof schema.shape;
const names = Object.keys(schema.shape) as Name[];

export const collectorVariables: readonly string[] = names.map(variableOf);
export const collectorReference: readonly SettingDescription[] = described(schema);
export const collectorFlags: readonly string[] = names.map((name) => `--${name}`);

/** Flags win over variables. Each fault is named where the user wrote the value: `--listen` or `TIDEMARK_LISTEN`. */
export function readCollectorSettings(
  environment: Environment,
  flags: readonly string[] = [],
): Checked<CollectorSettings> {
  const variables = setVariables(environment);
  const faults: Fault[] = misspeltVariables(variables, collectorVariables);
  const given: { [N in Name]?: string } = {};
  const where: { [name: string]: string } = {};
  for (const name of names) {
    const value = variables[variableOf(name)];
    if (value === undefined) continue;
    given[name] = value;
    where[name] = variableOf(name);
  }
  for (const { name, value } of flagsOf(flags, faults)) {
    given[name] = value;
    where[name] = `--${name}`;
  }
  const read = schema.safeParse(given);
  for (const { path, message } of read.error?.issues ?? []) {
    const name = path[0] as Name;
    faults.push({ where: where[name] ?? name, got: given[name], expected: message });
  }
  const topology = given.topology === undefined ? undefined : readTopologyFile(given.topology);
  if (topology !== undefined && !topology.ok) faults.push(...topology.faults);
  if (!read.success || faults.length > 0) return { ok: false, faults };
  const { listen, tick, 'log-level': logLevel, dashboard } = read.data;
  const said = topology?.ok ? { topology: topology.value } : {};
  return { ok: true, value: { listen, tickMs: tick, logLevel, dashboard, store: storeSettings(read.data), ...said } };
}

function storeSettings(data: z.output<typeof schema>): StoreSettings | undefined {
  if (data.store === 'off') return undefined;
  return {
    folder: data.store,
    retentionMs: data.retention,
    maxBytes: data['store-size'],
    snapshotEveryMs: data['snapshot-interval'],
  };
}

function flagsOf(flags: readonly string[], faults: Fault[]): { readonly name: Name; readonly value: string }[] {
  const { tokens } = parseArgs({
    args: [...flags],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    // Not strict: it would throw at the first fault, and all of them are to be named.
    strict: false,
    tokens: true,
  });
  const found: { name: Name; value: string }[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      faults.push({ where: 'arguments', got: token.value, expected: `nothing but ${collectorFlags.join(', ')}` });
      continue;
    }
    const name = names.find((name) => name === token.name);
    if (name === undefined) {
      faults.push({ where: token.rawName, got: token.value, expected: `one of ${collectorFlags.join(', ')}` });
    } else if (token.value === undefined || token.value === '') {
      faults.push({ where: token.rawName, got: undefined, expected: `a value, as in --${name} VALUE` });
    } else found.push({ name, value: token.value });
  }
  return found;
}

function variableOf(name: string): string {
  return `TIDEMARK_${name.toUpperCase().replaceAll('-', '_')}`;
}

function durationWithin(lowestMs: number, highestMs: number): (given: string) => number | undefined {
  return (given) => {
    const durationMs = parseDurationMs(given);
    return durationMs !== undefined && durationMs >= lowestMs && durationMs <= highestMs ? durationMs : undefined;
  };
}

/** The log alone may take up to half of the least. */
const leastStoreBytes = 256_000_000;
const unitBytes: { readonly [unit: string]: number } = { MB: 1e6, GB: 1e9, TB: 1e12 };

function parseStoreSize(given: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)(MB|GB|TB)$/.exec(given);
  if (found === null) return undefined;
  const bytes = Number(found[1]) * unitBytes[found[2]!]!;
  return bytes >= leastStoreBytes ? Math.round(bytes) : undefined;
}
