import { expect, test } from 'vitest';
import { differences } from './compare.ts';
import type { Said, Side } from './side.ts';

const did: Side = {
  cut: [10_000, 40_000],
  source: 'B',
  droppedOffsets: { 0: [[100, 250]] },
  culprits: [{ partition: 1, offset: 7 }],
  idleAccused: false,
};
const said: Said = {
  ...did,
  cut: [10_100, 39_500],
  cutBounds: [
    [9_900, 10_300],
    [38_200, 40_200],
  ],
};
const quiet = { ...did, cut: null, source: null, droppedOffsets: {}, culprits: [] };
const quietSaid = { ...quiet, cutBounds: null };

test('a right answer has no differences', () => {
  expect(differences('cut', did, said)).toEqual([]);
  expect(differences('idle', quiet, quietSaid)).toEqual([]);
});

test.for([
  {
    why: 'the true start lies outside its bound',
    change: {
      cutBounds: [
        [10_001, 10_300],
        [38_200, 40_200],
      ],
    },
    want: /^start of the cut: true 10000 is 1 ms below/,
  },
  {
    why: 'the true end lies outside its bound',
    change: {
      cutBounds: [
        [9_900, 10_300],
        [38_200, 39_999],
      ],
    },
    want: /^end of the cut: true 40000 is 1 ms above/,
  },
  {
    why: 'a bound so wide that it says nothing',
    change: {
      cutBounds: [
        [9_900, 10_300],
        [37_699, 40_200],
      ],
    },
    want: /2501 ms wide/,
  },
  { why: 'no bound at all', change: { cutBounds: null }, want: /^start of the cut: did 10000, said nothing/ },
  { why: 'one offset too few', change: { droppedOffsets: { 0: [[101, 250]] } }, want: /^dropped offsets/ },
  { why: 'another culprit', change: { culprits: [{ partition: 1, offset: 8 }] }, want: /^culprits/ },
  { why: 'a second incident', change: { culprits: [...did.culprits, ...did.culprits] }, want: /^culprits/ },
  { why: 'somebody else', change: { source: 'A' }, want: /^source/ },
  { why: 'somebody accused who did nothing', change: { idleAccused: true }, want: /^someone accused wrongly/ },
] as { why: string; change: Partial<Said>; want: RegExp }[])('$why', ({ change, want }) => {
  expect(differences('cut', did, { ...said, ...change }).join('\n')).toMatch(want);
});

test('a bound may be wider by as long as B was on its way back', () => {
  const cutBounds = [
    [9_900, 10_300],
    [37_699, 40_200],
  ] as const;
  expect(differences('cut', did, { ...said, cutBounds }, [10_000, 40_001])).toEqual([]);
});

test('a cut that cost next to nothing shows nothing, even if all agree', () => {
  const little = { droppedOffsets: { 0: [[1, 99]] } } as const;
  expect(differences('cut', { ...did, ...little }, { ...said, ...little })).toEqual([
    'dropped: 99, a cut must cost at least 100',
  ]);
});

test('a cut that never was is a difference', () => {
  expect(differences('idle', quiet, { ...quietSaid, cut: [1, 2] })).toEqual(['cut: did null, said [1,2]']);
});
