import type { Fault } from './faults.ts';

/** The variables of a process, or those that a test makes up. */
export type Environment = { readonly [name: string]: string | undefined };

/** An empty variable is one that was not set: `TIDEMARK_WINDOW= node consumer.js` switches a setting off. */
export function setVariables(environment: Environment): { [name: string]: string } {
  const set: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value.trim() !== '') set[name] = value.trim();
  }
  return set;
}

/**
 * Variables with our prefix that nobody reads but that are nearly one that somebody does. A misspelt `TIDEMARK_GRCE` would
 * otherwise leave a policy undeclared without a word. Names far from any known one are left alone: they may be another
 * part's, of another version.
 */
export function misspeltVariables(environment: Environment, knownNames: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('TIDEMARK_') || knownNames.includes(name)) continue;
    const meant = knownNames.find((known) => editDistance(name, known) <= 2);
    if (meant !== undefined) faults.push({ where: name, got: environment[name], expected: `its name to be ${meant}` });
  }
  return faults;
}

/** Letters to insert, remove or replace, and neighbours to swap, until `a` reads `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, row[j]! + 1, next[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        next[j] = Math.min(next[j]!, before[j - 2]! + 1);
      }
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
