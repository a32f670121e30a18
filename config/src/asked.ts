import { parseArgs } from 'node:util';
import { z } from 'zod';
import { collectorUrl } from './collector-url.ts';
import { described, type SettingDescription } from './described.ts';
import { type Environment, misspeltVariables, setVariables } from './environment.ts';
import type { Fault } from './faults.ts';

/** What the commands that ask a collector have in common: its address, and switches. A fault is named where the user wrote the value. */
export interface Asked {
  /** Undefined: at fault. */
  readonly collectorUrl: string | undefined;
  readonly switches: ReadonlySet<string>;
  /** What is no flag. */
  readonly rest: readonly string[];
  readonly faults: Fault[];
}

const variable = 'TIDEMARK_COLLECTOR_URL';
const schema = z.object({ url: collectorUrl });
export const collectorFlag: SettingDescription = { ...described(schema)[0]!, name: 'collector' };

/** `usable`: all that the command understands, in words. The flag wins over the variable. */
export function readAsked(
  environment: Environment,
  flags: readonly string[],
  { switches, usable }: { readonly switches: readonly string[]; readonly usable: string },
): Asked {
  const variables = setVariables(environment);
  const faults: Fault[] = misspeltVariables(variables, [variable]);
  const { values, positionals, tokens } = parseArgs({
    args: [...flags],
    options: {
      collector: { type: 'string' },
      ...Object.fromEntries(switches.map((name) => [name, { type: 'boolean' } as const])),
    },
    allowPositionals: true,
    // Not strict: it would throw at the first fault, and all of them are to be named.
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const isSwitch = switches.includes(token.name);
    if (!isSwitch && token.name !== 'collector') {
      faults.push({ where: token.rawName, got: token.value, expected: `one of ${usable}` });
    } else if (isSwitch && token.value !== undefined) {
      faults.push({ where: token.rawName, got: token.value, expected: 'no value' });
    } else if (!isSwitch && (token.value === undefined || token.value === '')) {
      faults.push({ where: token.rawName, got: undefined, expected: 'a value, as in --collector http://host:8080' });
    }
  }
  const flag = values.collector;
  const isFlag = typeof flag === 'string' && flag !== '';
  const given = isFlag ? flag : variables[variable];
  const read = schema.safeParse({ url: given });
  for (const { message } of read.error?.issues ?? [])
    faults.push({ where: isFlag ? '--collector' : variable, got: given, expected: message });
  return {
    collectorUrl: read.data?.url,
    switches: new Set(switches.filter((name) => values[name] === true)),
    rest: positionals,
    faults,
  };
}
