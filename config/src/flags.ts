import { parseArgs } from 'node:util';
import type { Fault } from './faults.ts';

/** What was given on a command line, by flag; the last one wins. Everything that is wrong with it goes into `faults`. */
export function readFlags(
  flags: readonly string[],
  names: { readonly withValue: readonly string[]; readonly alone: readonly string[] },
  faults: Fault[],
): { readonly [name: string]: string } {
  const known = [...names.withValue, ...names.alone];
  const { tokens } = parseArgs({
    args: [...flags],
    options: Object.fromEntries([
      ...names.withValue.map((name) => [name, { type: 'string' as const }]),
      ...names.alone.map((name) => [name, { type: 'boolean' as const }]),
    ]),
    // Not strict: it would throw at the first fault, and all of them are to be named.
    strict: false,
    tokens: true,
  });
  const found: { [name: string]: string } = {};
  let isAfterUnknown = false;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const isItsValue = isAfterUnknown && token.kind === 'positional';
    isAfterUnknown = token.kind === 'option' && !known.includes(token.name);
    if (isItsValue) continue;
    if (token.kind === 'positional') {
      faults.push({ where: 'arguments', got: token.value, expected: `only flags, as in --${known[0]} VALUE` });
    } else if (!known.includes(token.name)) {
      const expected = `one of ${known.map((name) => `--${name}`).join(', ')}`;
      faults.push({ where: token.rawName, got: token.value ?? '', expected });
    } else if (names.alone.includes(token.name)) {
      found[token.name] = 'on';
    } else if (token.value === undefined || token.value.trim() === '') {
      faults.push({ where: token.rawName, got: undefined, expected: `a value, as in --${token.name} VALUE` });
    } else found[token.name] = token.value.trim();
  }
  return found;
}
