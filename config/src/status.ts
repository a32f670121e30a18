import { readAsked } from './asked.ts';
import type { Environment } from './environment.ts';
import type { Checked } from './faults.ts';

export interface StatusSettings {
  readonly collectorUrl: string;
  readonly json: boolean;
  /** Every task, watermark and agent, not only the first. */
  readonly all: boolean;
}

const switches = ['json', 'all'];
export const statusFlags: readonly string[] = ['--collector', ...switches.map((name) => `--${name}`)];

/** Of `tidemark status`. */
export function readStatusSettings(environment: Environment, flags: readonly string[] = []): Checked<StatusSettings> {
  const asked = readAsked(environment, flags, { switches, usable: statusFlags.join(', ') });
  const { collectorUrl, faults } = asked;
  if (asked.rest.length > 0) faults.push({ where: 'arguments', got: asked.rest.join(' '), expected: 'flags only' });
  if (collectorUrl === undefined || faults.length > 0) return { ok: false, faults };
  return { ok: true, value: { collectorUrl, json: asked.switches.has('json'), all: asked.switches.has('all') } };
}
