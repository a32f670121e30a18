import { z } from 'zod';
import { type Address, parseAddress } from './address.ts';
import { collectorUrl } from './collector-url.ts';
import { described, type SettingDescription } from './described.ts';
import type { Checked, Fault } from './faults.ts';
import { readFlags } from './flags.ts';
import { text } from './parsed-text.ts';

export interface CaptureSettings {
  readonly listen: Address;
  /** Undefined: reports are written and go nowhere else. */
  readonly collectorUrl: string | undefined;
  readonly out: string;
}

const schema = z.object({
  listen: text('an address such as 127.0.0.1:8081 or 0.0.0.0:0', parseAddress).prefault('127.0.0.1:8081'),
  collector: collectorUrl.unwrap().optional(),
  out: z.string().describe('a file such as today.jsonl.gz; needed'),
});

const names = Object.keys(schema.shape);
export const captureReference: readonly SettingDescription[] = described(schema);
export const captureFlags: readonly string[] = names.map((name) => `--${name}`);

export function readCaptureSettings(flags: readonly string[]): Checked<CaptureSettings> {
  const faults: Fault[] = [];
  const given = readFlags(flags, { withValue: names, alone: [] }, faults);
  if (given.out === undefined)
    faults.push({ where: '--out', got: undefined, expected: 'a file such as today.jsonl.gz' });
  const read = schema.safeParse({ out: '', ...given });
  for (const { path, message } of read.error?.issues ?? []) {
    const name = String(path[0]);
    faults.push({ where: `--${name}`, got: given[name], expected: message });
  }
  if (!read.success || faults.length > 0) return { ok: false, faults };
  const { listen, collector, out } = read.data;
  return { ok: true, value: { listen, collectorUrl: collector, out } };
}
