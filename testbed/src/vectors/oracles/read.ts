import { isObject } from '../compare.ts';

/** An oracle file whose input cannot be run as it stands, with the place and the cure. */
export class InputFault extends Error {
  readonly where: string;
  readonly want: string;
  readonly got: unknown;

  constructor(where: string, want: string, got: unknown) {
    super(`${where}: want ${want}`);
    this.where = where;
    this.want = want;
    this.got = got;
  }
}

type Fields = Record<string, unknown>;

export function object(value: unknown, where: string): Fields {
  if (!isObject(value)) throw new InputFault(where, 'an object', value);
  return value;
}

export function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InputFault(where, 'a list', value);
  return value;
}

export function integer(value: unknown, where: string, least: number = Number.MIN_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value)) throw new InputFault(where, 'a whole number of at most 53 bits', value);
  if ((value as number) < least) throw new InputFault(where, `a whole number from ${least} on`, value);
  return value as number;
}

export function optionalInteger(value: unknown, where: string, least?: number): number | undefined {
  return value === undefined ? undefined : integer(value, where, least);
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new InputFault(where, 'text', value);
  return value;
}

export function texts(value: unknown, where: string): string[] {
  return list(value, where).map((item, i) => text(item, `${where}[${i}]`));
}

export function oneOf<T extends string>(value: unknown, where: string, choices: readonly T[]): T {
  if (!choices.includes(value as T)) throw new InputFault(where, `one of ${choices.join(', ')}`, value);
  return value as T;
}

/** A field that nobody reads would silently change the meaning of the rest. */
export function noOther(fields: Fields, where: string, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new InputFault(`${where}.${unknown}`, `no such field; known are ${known.join(', ')}`, fields[unknown]);
}
