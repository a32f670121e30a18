import { readFileSync } from 'node:fs';
import { auditFlags, captureFlags, collectorFlags, followFlags, reprocessFlags } from '@tidemark/config';
import { expect, test } from 'vitest';
import { configurationPage, sections } from '../testbed/src/reference/configuration.ts';

const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');

test('docs/configuration.md is what `npm run reference` makes of the schemas', () => {
  expect(page).toBe(configurationPage());
});

test('every setting says what it accepts', () => {
  const silent = sections.flatMap(({ settings }) => settings.filter(({ accepted }) => accepted.trim() === ''));
  expect(silent).toEqual([]);
  expect(sections.flatMap(({ settings }) => settings).length).toBeGreaterThan(90);
});

test('every flag of every command stands in it', () => {
  const flags = [auditFlags, captureFlags, collectorFlags, followFlags, reprocessFlags].flat();
  const missing = flags.filter((flag) => !page.includes(`\`${flag}\``) && !page.includes(variableOf(flag)));
  expect(missing).toEqual([]);
});

function variableOf(flag: string): string {
  return `\`TIDEMARK_${flag.slice('--'.length).toUpperCase().replaceAll('-', '_')}\``;
}
