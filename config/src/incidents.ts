import { readAsked } from './asked.ts';
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

const switches = ['json', 'all', 'watch'];
export const incidentsFlags: readonly string[] = ['--collector', ...switches.map((name) => `--${name}`)];
const usable = `an incident's id, ${incidentsFlags.join(', ')}`;

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
