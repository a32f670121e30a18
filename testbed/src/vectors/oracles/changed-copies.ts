import { isObject } from '../compare.ts';

/** A copy of a vector with one value changed, and where. */
export interface ChangedCopy {
  readonly where: string;
  readonly content: Record<string, unknown>;
}

type Path = readonly (string | number)[];

/**
 * Copies of a vector, each with one expected value changed, one element taken away or one key missing: for every key path
 * its first, middle and last place.
 */
export function changedCopies(
  content: Record<string, unknown>,
  isInformative: (path: string) => boolean,
): ChangedCopy[] {
  const places = new Map<string, Path[]>();
  collect(content.expected, ['expected'], places);
  const copies: ChangedCopy[] = [];
  for (const [pattern, paths] of places) {
    if (isInformative(pattern)) continue;
    const sampled = new Set([paths[0]!, paths[paths.length >> 1]!, paths.at(-1)!]);
    for (const path of sampled) {
      const where = path.join('.');
      if (isInformative(where)) continue;
      copies.push({ where, content: copyWith(content, path, changed) });
      if (typeof path.at(-1) === 'string')
        copies.push({ where: `${where} missing`, content: copyWith(content, path, () => undefined) });
    }
  }
  return copies;
}

function collect(value: unknown, path: Path, places: Map<string, Path[]>): void {
  const pattern = path.map((step) => (typeof step === 'number' ? '[]' : step)).join('.');
  if (path.length > 1) places.set(pattern, [...(places.get(pattern) ?? []), path]);
  if (Array.isArray(value)) for (const [at, item] of value.entries()) collect(item, [...path, at], places);
  else if (isObject(value)) for (const key of Object.keys(value)) collect(value[key], [...path, key], places);
}

function changed(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [0] : value.slice(1);
  if (typeof value === 'number') return Number.isInteger(value) ? value + 1 : value * 1.001;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `${value}x`;
  return isObject(value) ? { ...value, added: 1 } : 0;
}

function copyWith(
  content: Record<string, unknown>,
  path: Path,
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  const copy = structuredClone(content);
  let holder: Record<string | number, unknown> = copy;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
  const last = path.at(-1)!;
  const value = change(holder[last]);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}
