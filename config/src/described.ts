import type { z } from 'zod';

/** What a schema says of one of its settings, for the reference that is made from it. */
export interface SettingDescription {
  readonly name: string;
  /** In words, as in the fault of a value that is not accepted; a test sees to it that none is empty. */
  readonly accepted: string;
  /** As a user would write it; undefined: none. */
  readonly default: string | undefined;
}

interface Wrapping {
  readonly innerType?: z.ZodType;
  readonly defaultValue?: unknown;
}

export function described(schema: z.ZodObject): readonly SettingDescription[] {
  return Object.entries(schema.shape as { readonly [name: string]: z.ZodType }).map(([name, type]) => ({
    name,
    accepted: acceptedBy(type) ?? '',
    default: defaultOf(type),
  }));
}

function acceptedBy(type: z.ZodType): string | undefined {
  if (type.description !== undefined) return type.description;
  const { innerType } = type.def as Wrapping;
  return innerType && acceptedBy(innerType);
}

/** Defaults are `prefault`s, written as a user would write them; another default stands for nothing written at all. */
function defaultOf(type: z.ZodType): string | undefined {
  const { innerType, defaultValue } = type.def as Wrapping;
  if (type.type === 'prefault') return String(defaultValue);
  return innerType && defaultOf(innerType);
}
