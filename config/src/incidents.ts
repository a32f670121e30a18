import { collectorFlag, readAsked } from './asked.ts';
import type { SettingDescription } from './described.ts';
import type { Environment } from './environment.ts';
import type { Checked } from './faults.ts';

export interface IncidentsSettings {
  readonly collectorUrl: string;
  /** The one that is asked for; undefined: the list. */
  readonly id: string | undefined;
  readonly json: boolean;
  /** Also old ones and those that were withdrawn. */
  readonly all: boolean;
  /** Goes on, and tells what changes. */
  readonly watch: boolean;
}

export const incidentsReference: readonly SettingDescription[] = [
  collectorFlag,
  { name: 'json', accepted: 'no value: for a program', default: undefined },
  { name: 'all', accepted: 'no value: also old ones and those that were withdrawn', default: undefined },
  { name: 'watch', accepted: 'no value: goes on, and tells what changes', default: undefined },
];
const [, ...switches] = incidentsReference.map(({ name }) => name);
const usable = `an incident's id, ${incidentsReference.map(({ name }) => `--${name}`).join(', ')}`;

/** Of `tidemark incidents [ID]`. */
export function readIncidentsSettings(
  environment: Environment,
  flags: readonly string[] = [],
): Checked<IncidentsSettings> {
  const asked = readAsked(environment, flags, { switches, usable });
  const { collectorUrl, faults } = asked;
  const [id, ...more] = asked.rest;
  if (more.length > 0) faults.push({ where: 'arguments', got: more.join(' '), expected: 'one id at most' });
  const [json, all, watch] = ['json', 'all', 'watch'].map((name) => asked.switches.has(name)) as [
    boolean,
    boolean,
    boolean,
  ];
  if (id !== undefined && (all || watch)) {
    faults.push({ where: all ? '--all' : '--watch', got: undefined, expected: 'no id beside it: it is of the list' });
  }
  if (collectorUrl === undefined || faults.length > 0) return { ok: false, faults };
  return { ok: true, value: { collectorUrl, id, json, all, watch } };
}
