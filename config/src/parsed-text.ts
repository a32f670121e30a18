import { z } from 'zod';

/**
 * A text that `parse` understands; what it does not, it answers with undefined, and the fault says what was `expected`. The
 * same words describe the schema, for the reference.
 */
export function text<T>(expected: string, parse: (given: string) => T | undefined): z.ZodType<T, string> {
  return z
    .string()
    .transform((given, context) => {
      const value = parse(given);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    })
    .describe(expected);
}
