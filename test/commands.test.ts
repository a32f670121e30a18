import { readFileSync } from 'node:fs';
import { readCollectorSettings, readFollowSettings } from '@tidemark/config';
import { expect, test } from 'vitest';
import { commands } from './page-commands.ts';

// Every command that a page tells the reader to type is run by a test: each is claimed by a row, which names the file that runs
// it and what must stand in that file. Where a command wants a cluster of the reader's, that file types it with another address;
// that its flags are right as they are written is tested as well.

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

interface Claim {
  readonly commands: RegExp;
  /** The file that runs them. */
  readonly by: string;
  /** Stands there; a page's name and reason, of what nothing here can run. */
  readonly where: string;
}

const claims: readonly Claim[] = [
  { commands: /^npm ci$/, by: '.ci/run', where: 'npm ci ' },
  { commands: /^npm test$/, by: '.ci/run', where: 'npm test -- ' },
  { commands: /^npm run test:real$/, by: '.ci/run', where: 'npm run test:real -- ' },
  { commands: /^npm run vectors -- PATH…$/, by: '.ci/run', where: 'npm run -s vectors -- "$shared/' },
  { commands: /^bash \.ci\/run$/, by: '.ci/run', where: 'What a change must pass' },
  { commands: /^npm run demo$/, by: 'testbed/src/rules/alert.real.test.ts', where: "args: ['run', '-s', 'demo', '--'" },
  { commands: /^npm run (format|reference)$/, by: 'testbed/src/npm-scripts.test.ts', where: "npm(copy, 'format')" },
  {
    commands: /^npm run bench -- NAME$/,
    by: 'testbed/src/npm-scripts.test.ts',
    where: "'bench', '--', 'clock-solver'",
  },
  {
    commands: /^npm run -s vectors -- testdata\/(clocks|oracles)$/,
    by: 'testbed/src/npm-scripts.test.ts',
    where: "['testdata/clocks', 'testdata/oracles']",
  },
  {
    commands: /^npm run -s judges -- |^npm run -s vectors -- \/tmp\/new$/,
    by: 'testbed/src/judges/judges.real.test.ts',
    where: "npm('judges', '--', 'kafka-streams', '--seed', '7'",
  },
  {
    commands: /^npm run -s tidemark -- audit .*--file /,
    by: 'cli/test/audit-guide.test.ts',
    where: 'commands.filter(isLocal)',
  },
  ...['-- audit --topic ', '-- capture ', '-- audit --capture ', '-- reprocess plan '].map((command) => ({
    commands: new RegExp(`^npm run -s tidemark ${command}`),
    by: 'test/commands.broker.test.ts',
    where: `inPages(/${command}/)`,
  })),
  {
    commands: /^npm run -s tidemark -- agent /,
    by: 'test/commands.broker.test.ts',
    where: 'inPages(/^npm run -s tidemark -- agent /)',
  },
  {
    commands: /^npx @tidemark\/cli agent /,
    by: 'testbed/src/packages/packages.real.test.ts',
    where: "command.startsWith('npx @tidemark/cli agent ')",
  },
  {
    commands: /^tidemark incidents\b/,
    by: 'test/commands.broker.test.ts',
    where: 'inPages(/^tidemark incidents( --all)?$/)',
  },
  {
    commands: /^tidemark status\b/,
    by: 'cli/test/status.test.ts',
    where: 'page.matchAll(/^tidemark status(.*)$/gm)',
  },
  {
    commands: /^tidemark collector\b/,
    by: 'test/commands.broker.test.ts',
    where: 'inPages(/^tidemark collector /)',
  },
  {
    commands:
      /^((TIDEMARK_PRODUCERS=true )?TIDEMARK_COLLECTOR_URL=\S+ )?node --import tidemark\/register (consumer|producer)\.js$/,
    by: 'testbed/src/packages/packages.real.test.ts',
    where: "args: ['--import', 'tidemark/register', at.file,",
  },
  {
    commands: /^npm run packages$/,
    by: 'testbed/src/packages/installed.ts',
    where: "'run', '-s', 'packages'",
  },
  {
    commands: /^npm install \.\.\/tidemark\/packed\/\*\.tgz$/,
    by: 'testbed/src/packages/installed.ts',
    where: "npm(folder, 'install', '--no-fund', '--no-audit', ...tarballs",
  },
  {
    commands: /^(promtool|sed) /,
    by: 'testbed/src/rules/rules.test.ts',
    where: 'the commands of the runbook do what it says',
  },
  // Not run: the page says so, and how far it was tested.
  { commands: /^docker /, by: 'docs/install.md', where: 'Where the tests run there is no Docker engine' },
];

test('every command in the pages is claimed by one row, and every row claims one', () => {
  expect(commands.length).toBeGreaterThan(30);
  const claimed = commands.map(({ command }) => claims.filter(({ commands }) => commands.test(command)).length);
  expect(commands.filter((_, i) => claimed[i] !== 1)).toEqual([]);
  expect(claims.filter((claim) => !commands.some(({ command }) => claim.commands.test(command)))).toEqual([]);
});

test.for(claims.map((claim) => ({ ...claim, name: String(claim.commands) })))('$name: by $by', ({ by, where }) => {
  expect(read(by).includes(where), `${JSON.stringify(where)} in ${by}`).toBe(true);
});

test('what would need a place of yours has settings that are right', () => {
  const flagsOf = (start: RegExp): readonly string[][] =>
    commands
      .filter(({ command }) => start.test(command))
      .map(({ command }) => command.replace(start, '').trim().split(/\s+/));
  const agents = flagsOf(/^(npm run -s tidemark --|npx @tidemark\/cli) agent /);
  const collectors = flagsOf(/^tidemark collector /);
  expect(agents.length + collectors.length).toBeGreaterThan(3);
  for (const flags of agents) expect(readFollowSettings({}, flags), flags.join(' ')).toMatchObject({ ok: true });
  for (const flags of collectors) expect(readCollectorSettings({}, flags), flags.join(' ')).toMatchObject({ ok: true });
});
