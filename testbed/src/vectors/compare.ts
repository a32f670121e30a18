import type { Mismatch } from './mismatch.ts';

/** Numbers with a fraction are averages of whole numbers: the same sum over the same count, but for the last digit. */
const relativeTolerance = 1e-12;

/** Deep equality, keys in any order, elements in theirs. Keys in `informative` are not compared, on either side. */
export function compare(want: unknown, got: unknown, where: string, informative: ReadonlySet<string>): Mismatch[] {
  if (isSame(want, got)) return [];
  if (Array.isArray(want) && Array.isArray(got)) {
    const found = want.slice(0, got.length).flatMap((item, i) => compare(item, got[i], `${where}[${i}]`, informative));
    return want.length === got.length
      ? found
      : [...found, { where: `${where}.length`, want: want.length, got: got.length }];
  }
  if (isObject(want) && isObject(got)) {
    const keys = new Set([...Object.keys(want), ...Object.keys(got)]);
    return [...keys]
      .filter((key) => !informative.has(key))
      .flatMap((key) => compare(want[key], got[key], where === '' ? key : `${where}.${key}`, informative));
  }
  return [{ where, want, got }];
}

/**
 * Compares a flat list with one in steps, where the order within a step has no meaning but every item has to be there.
 */
export function compareSteps(
  want: unknown,
  steps: readonly (readonly unknown[])[],
  where: string,
  informative: ReadonlySet<string>,
): Mismatch[] {
  if (!Array.isArray(want)) return [{ where, want, got: steps.flat() }];
  const mismatches: Mismatch[] = [];
  let at = 0;
  for (const step of steps) {
    const unmatched = [...step];
    for (let i = at; i < Math.min(at + step.length, want.length); i++) {
      const twin = unmatched.findIndex((got) => compare(want[i], got, '', informative).length === 0);
      if (twin >= 0) unmatched.splice(twin, 1);
      else mismatches.push({ where: `${where}[${i}]`, want: want[i], got: step });
    }
    at += step.length;
  }
  if (at !== want.length) mismatches.push({ where: `${where}.length`, want: want.length, got: at });
  return mismatches;
}

function isSame(want: unknown, got: unknown): boolean {
  if (want === got) return true;
  if (typeof want !== 'number' || typeof got !== 'number') return false;
  if (Number.isInteger(want) && Number.isInteger(got)) return false;
  return Math.abs(want - got) <= relativeTolerance * Math.max(Math.abs(want), Math.abs(got));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
