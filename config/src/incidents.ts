import { parseArgs } from 'node:util';
import { z } from 'zod';
import { collectorUrl } from './collector-url.ts';
import { type Environment, misspeltVariables, setVariables } from './environment.ts';
import type { Checked, Fault } from './faults.ts';

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

const variable = 'TIDEMARK_COLLECTOR_URL';
const switches = ['json', 'all', 'watch'] as const;
export const incidentsFlags: readonly string[] = ['--collector', ...switches.map((name) => `--${name}`)];
const usable = `an incident's id, ${incidentsFlags.join(', ')}`;
const schema = z.object({ url: collectorUrl });

/** Of `tidemark incidents [ID]`. The flag wins over the variable; a fault is named where the user wrote the value. */
export function readIncidentsSettings(
  environment: Environment,
  flags: readonly string[] = [],
): Checked<IncidentsSettings> {
  const variables = setVariables(environment);
  const faults: Fault[] = misspeltVariables(variables, [variable]);
  const { values, positionals, tokens } = parseArgs({
    args: [...flags],
    options: {
      collector: { type: 'string' },
      json: { type: 'boolean' },
      all: { type: 'boolean' },
      watch: { type: 'boolean' },
    },
    allowPositionals: true,
    // Not strict: it would throw at the first fault, and all of them are to be named.
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const isSwitch = switches.some((name) => name === token.name);
    if (!isSwitch && token.name !== 'collector') {
      faults.push({ where: token.rawName, got: token.value, expected: `one of ${usable}` });
    } else if (isSwitch && token.value !== undefined) {
      faults.push({ where: token.rawName, got: token.value, expected: 'no value' });
    } else if (!isSwitch && (token.value === undefined || token.value === '')) {
      faults.push({ where: token.rawName, got: undefined, expected: 'a value, as in --collector http://host:8080' });
    }
  }
  const [id, ...more] = positionals;
  if (more.length > 0) faults.push({ where: 'arguments', got: more.join(' '), expected: 'one id at most' });
  const { json = false, all = false, watch = false } = values as { readonly [name: string]: boolean };
  if (id !== undefined && (all || watch)) {
    faults.push({ where: all ? '--all' : '--watch', got: undefined, expected: 'no id beside it: it is of the list' });
  }
  const isFlag = typeof values.collector === 'string' && values.collector !== '';
  const given = isFlag ? (values.collector as string) : variables[variable];
  const read = schema.safeParse({ url: given });
  for (const { message } of read.error?.issues ?? [])
    faults.push({ where: isFlag ? '--collector' : variable, got: given, expected: message });
  if (!read.success || faults.length > 0) return { ok: false, faults };
  return { ok: true, value: { collectorUrl: read.data.url, id, json, all, watch } };
}
