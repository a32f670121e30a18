import { readdirSync, readFileSync } from 'node:fs';
import { agentVariables, readAgentSettings } from '@tidemark/config';
import { expect, test } from 'vitest';
import { instruments } from '../src/otel/metrics.ts';

// The guide is held against the code: a variable, a default or a line that has changed must be changed there as well.

const guide = readFileSync(new URL('../../docs/attach.md', import.meta.url), 'utf8');
const rows = guide
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
const code = (cell: string | undefined) => /^`([^`]*)`/.exec(cell ?? '')?.[1];

test('every variable has its row, and no row is of a variable that nobody reads', () => {
  const documented = rows.map(([first]) => code(first)).filter((name) => name?.startsWith('TIDEMARK_'));
  expect(documented.toSorted()).toEqual([...agentVariables].toSorted());
});

test('the defaults are those that hold when nothing is set', () => {
  const defaults = rows
    .filter(([first]) => code(first)?.startsWith('TIDEMARK_'))
    .map(([name, value]) => [code(name)!, code(value)] as const);
  const written = Object.fromEntries(
    defaults.filter(([name, value]) => value !== undefined && name !== 'TIDEMARK_GRACE'),
  );
  expect(Object.keys(written).length).toBeGreaterThan(4);
  expect(readAgentSettings(written)).toEqual(readAgentSettings({}));
  expect(readAgentSettings({ TIDEMARK_WINDOW: 'tumbling:5s', TIDEMARK_GRACE: '0s' })).toEqual(
    readAgentSettings({ TIDEMARK_WINDOW: 'tumbling:5s' }),
  );
});

test('every line of the troubleshooting table is one that the agent prints', () => {
  const from = rows.findIndex(([first]) => first === 'line on stderr, after `tidemark:`');
  const lines = rows.slice(from + 2).map(([first]) => code(first)!);
  const sources = readdirSync(new URL('../src', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8'))
    .join('\n');
  // What differs from case to case is an expression in the one and … or a version in the other.
  const words = sources
    .replace(/\$\{[^}]*\}/g, ' ')
    .replace(/[`'"+\n]/g, ' ')
    .replace(/\s+/g, ' ');
  expect(lines.length).toBeGreaterThan(10);
  const missing = lines.flatMap((line) =>
    line
      .split(/…|v\d+|\b20\b|[()]/)
      .map((part) => part.trim())
      .filter((part) => part !== '' && !words.includes(part)),
  );
  expect(missing).toEqual([]);
});

test('the instruments are named as they are exported', () => {
  const documented = rows
    .filter(([first]) => code(first)?.startsWith('tidemark.'))
    .map(([name, kind]) => [code(name), kind]);
  expect(documented).toEqual([
    [instruments.late.name, `counter, \`${instruments.late.options.unit}\``],
    [instruments.streamTime.name, `gauge, \`${instruments.streamTime.options.unit}\` since 1970`],
  ]);
});
