import { z } from 'zod';

/** A report with more faults than this is not looked at any further: a few megabytes of them would fill the memory. */
export const maxFaults = 32;

/** Under which a list's schema carries that of its items, for who reads the schema itself. */
export const listItem = 'tidemark:item';

/** A list that is refused as a whole when too long, and read only up to its first `maxFaults` faults. */
export function list<T>(item: z.ZodType<T>, maxLength: number): z.ZodType<T[]> {
  const bounded = z
    .array(z.unknown())
    .max(maxLength)
    .superRefine((values, context) => {
      let faults = 0;
      for (const [i, value] of values.entries()) {
        const issues = item.safeParse(value).error?.issues ?? [];
        for (const { message, path } of issues.slice(0, maxFaults)) {
          context.addIssue({ code: 'custom', message, path: [i, ...path] });
        }
        faults += issues.length;
        if (faults >= maxFaults) return;
      }
    })
    .meta({ [listItem]: item });
  // Nothing in a report is transformed on reading, so what was checked is what is taken.
  return bounded as unknown as z.ZodType<T[]>;
}

/** Inclusive ranges of offsets, in ascending order, that do not overlap. */
export function areRanges(value: unknown, maxLength: number): boolean {
  if (!Array.isArray(value) || value.length > maxLength) return false;
  let below = -1;
  for (const range of value) {
    if (!Array.isArray(range) || range.length !== 2) return false;
    const [first, last] = range as readonly unknown[];
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return false;
    if ((first as number) <= below || (last as number) < (first as number)) return false;
    below = last as number;
  }
  return true;
}
