import { reportLimits } from '@tidemark/core';
import { z } from 'zod';
import { areRanges } from './report-lists.ts';

/** What the fields of a report are made of. */

/** A clock source may carry its reason in words. */
const maxSentenceLength = 1024;

/** What `Date` can show. An agent calls an event time beyond it unreadable. */
const maxInstantMs = 8.64e15;

export const instantMs: z.ZodNumber = z.number().min(-maxInstantMs).max(maxInstantMs);
export const durationMs: z.ZodNumber = z.number().nonnegative();
export const count: z.ZodInt = z.int().nonnegative();
export const partition: z.ZodInt = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
export const node: z.ZodInt = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);
export const offset: z.ZodInt = z.int().nonnegative();
export const name: z.ZodString = z.string().max(reportLimits.maxNameLength);
export const sentence: z.ZodString = z.string().max(maxSentenceLength);

export const topicPartition: { readonly topic: z.ZodString; readonly partition: z.ZodInt } = { topic: name, partition };

export function offsetRanges(maxRanges: number): z.ZodType<readonly (readonly [first: number, last: number])[]> {
  return z.custom<readonly (readonly [first: number, last: number])[]>((value) => areRanges(value, maxRanges), {
    error: `expected at most ${maxRanges} inclusive ranges [first, last], in ascending order, that do not overlap`,
  });
}
