import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultLine } from './faults.ts';
import { readIncidentsSettings } from './incidents.ts';

const usual = { collectorUrl: 'http://127.0.0.1:8080', id: undefined, json: false, all: false, watch: false };

describe('what is asked', () => {
  test.for([
    { why: 'nothing: the list, of the collector here', flags: [], want: usual },
    { why: 'one', flags: ['producerCutOff-1'], want: { ...usual, id: 'producerCutOff-1' } },
    {
      why: 'of another collector, below a path',
      flags: ['--collector', 'https://ops.example.org/tidemark/'],
      want: { ...usual, collectorUrl: 'https://ops.example.org/tidemark' },
    },
    { why: 'for a script', flags: ['--json', '--all'], want: { ...usual, json: true, all: true } },
    { why: 'on and on', flags: ['--watch'], want: { ...usual, watch: true } },
  ])('$why', ({ flags, want }) => expect(readIncidentsSettings({}, flags)).toEqual({ ok: true, value: want }));

  test('the flag wins over the variable', () => {
    const environment = { TIDEMARK_COLLECTOR_URL: 'http://a:1' };
    const urlOf = (flags: readonly string[]) => {
      const read = readIncidentsSettings(environment, flags);
      return read.ok ? read.value.collectorUrl : undefined;
    };
    expect([urlOf([]), urlOf(['--collector=http://b:2'])]).toEqual(['http://a:1', 'http://b:2']);
  });
});

describe('each fault, where it was written, with its cure', () => {
  test.for([
    {
      flags: ['--collector', 'localhost:8080'],
      want: ['--collector: got "localhost:8080"; expected an address such as http://127.0.0.1:8080'],
    },
    { flags: ['--collector'], want: ['--collector: not set; expected a value, as in --collector http://host:8080'] },
    {
      flags: ['--follow'],
      want: ["--follow: not set; expected one of an incident's id, --collector, --json, --all, --watch"],
    },
    { flags: ['a', 'b', 'c'], want: ['arguments: got "b c"; expected one id at most'] },
    {
      flags: ['a', '--watch', '--json=yes'],
      want: ['--json: got "yes"; expected no value', '--watch: not set; expected no id beside it: it is of the list'],
    },
    {
      flags: [],
      environment: { TIDEMARK_COLECTOR_URL: 'http://a:1', TIDEMARK_COLLECTOR_URL: 'nonsense' },
      want: [
        'TIDEMARK_COLECTOR_URL: got "http://a:1"; expected its name to be TIDEMARK_COLLECTOR_URL',
        'TIDEMARK_COLLECTOR_URL: got "nonsense"; expected an address such as http://127.0.0.1:8080',
      ],
    },
  ])('$flags', ({ flags, environment = {}, want }) => {
    const read = readIncidentsSettings(environment, flags);
    expect(read.ok ? [] : read.faults.map(faultLine)).toEqual(want);
  });
});

test('the commands in docs/incidents.md are such', () => {
  const text = readFileSync(new URL('../../docs/incidents.md', import.meta.url), 'utf8');
  const commands = [...text.matchAll(/^tidemark incidents(.*)$/gm)].map(([, flags]) => flags!.split('#')[0]!.trim());
  expect(commands.length).toBeGreaterThan(4);
  for (const command of commands) {
    const flags = command.split(/\s+/).filter((word) => word !== '');
    expect(readIncidentsSettings({}, flags), command).toMatchObject({ ok: true });
  }
});
