import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test.for([
  { why: 'nothing: stories until Ctrl-C', args: [], want: { check: false, seed: undefined, variant: undefined } },
  { why: 'a judged story', args: ['--check', '--seed', '7'], want: { check: true, seed: 7 } },
  { why: 'seed zero is a seed', args: ['--seed=0'], want: { seed: 0 } },
  {
    why: 'all of them',
    args: ['--check', '--variant', 'idle', '--anonymous'],
    want: { variant: 'idle', anonymous: true },
  },
])('$why', ({ args, want }) => expect(readArguments(args)).toMatchObject(want));

test.for([
  { why: 'an unknown flag', args: ['--chek'], want: /^demo: Unknown option '--chek'\. It takes --check, / },
  {
    why: 'an unknown variant',
    args: ['--variant', 'cuts'],
    want: /^demo: --variant: got "cuts"; expected cut, idle, clock, unordered\.$/,
  },
  {
    why: 'a seed that is no number',
    args: ['--seed', 'x1'],
    want: /^demo: --seed: got "x1"; expected a whole number from 0\.$/,
  },
  { why: 'a flag without its value', args: ['--seed'], want: /^demo: Option '--seed <value>' argument missing/ },
  { why: 'a word that is no flag', args: ['cut'], want: /^demo: Unexpected argument 'cut'/ },
])('$why is one line that says what was expected', ({ args, want }) => {
  expect(() => readArguments(args)).toThrow(want);
});
