import type { z } from 'zod';
import { text } from './parsed-text.ts';

/** Where the collector is: of agents, and of commands that ask it. Without a slash at the end. */
export const collectorUrl: z.ZodPrefault<z.ZodType<string, string>> = text(
  'an address such as http://127.0.0.1:8080',
  parseUrl,
).prefault('http://127.0.0.1:8080');

function parseUrl(given: string): string | undefined {
  const url = URL.parse(given);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return given.replace(/\/+$/, '');
}
