import { expect, test } from 'vitest';
import { forecastLines } from './forecast-lines.ts';

const b = { kind: 'named', name: 'B' } as const;
const base = { sources: [b], leadMs: 12_000, perSecond: 40, heldRecords: 480.4 };
const policy = (name: string, lostRecords: number, firstLostInMs: number) => ({
  policy: name,
  graceMs: 2_000,
  lostRecords,
  firstLostInMs,
});

test.for([
  {
    why: 'nothing is lost yet: how long there is',
    forecast: { ...base, policies: [policy('X', 0, 12_400)] },
    want: [
      'If it is cut off and came back now, none of about 480 records would be lost under X; the first would in 12 s.',
    ],
  },
  {
    why: 'the policy that loses most comes first',
    forecast: { ...base, policies: [policy('wide', 0, 9_000), policy('some', 20, 0), policy('most', 214.3, 0)] },
    want: [
      'If it is cut off and came back now, about 214 of 480 records would be lost under most.',
      'If it is cut off and came back now, about 20 of 480 records would be lost under some.',
      'If it is cut off and came back now, none of about 480 records would be lost under wide; the first would in 9 s.',
    ],
  },
  {
    why: 'without a policy nothing is lost, only late',
    forecast: { ...base, sources: [b, { kind: 'named', name: 'C' } as const], policies: [] },
    want: ['If they are cut off and came back now, about 480 records would come late.'],
  },
])('$why', ({ forecast, want }) => expect(forecastLines(forecast)).toEqual(want));
