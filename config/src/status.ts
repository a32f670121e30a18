import { collectorFlag, readAsked } from './asked.ts';
import type { SettingDescription } from './described.ts';
import type { Environment } from './environment.ts';
import type { Checked } from './faults.ts';

export interface StatusSettings {
  readonly collectorUrl: string;
  readonly json: boolean;
  /** Every task, watermark and agent, not only the first. */
  readonly all: boolean;
}

export const statusReference: readonly SettingDescription[] = [
  collectorFlag,
  { name: 'json', accepted: 'no value: for a program', default: undefined },
  { name: 'all', accepted: 'no value: all rows, not only the first of each table', default: undefined },
];
const [, ...switches] = statusReference.map(({ name }) => name);
const usable = statusReference.map(({ name }) => `--${name}`).join(', ');

/** Of `tidemark status`. */
export function readStatusSettings(environment: Environment, flags: readonly string[] = []): Checked<StatusSettings> {
  const asked = readAsked(environment, flags, { switches, usable });
  const { collectorUrl, faults } = asked;
  if (asked.rest.length > 0) faults.push({ where: 'arguments', got: asked.rest.join(' '), expected: 'flags only' });
  if (collectorUrl === undefined || faults.length > 0) return { ok: false, faults };
  return { ok: true, value: { collectorUrl, json: asked.switches.has('json'), all: asked.switches.has('all') } };
}
