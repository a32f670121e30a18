import { expect, test } from 'vitest';
import { GraceCurve } from '../dialects/grace-curve.ts';
import { flinkGrid } from '../dialects/windows.ts';
import { advise, type Costs } from './advice.ts';
import { usualSlacksMs } from './slacks.ts';

const free: Costs = { perDrop: undefined, perSecond: undefined, perUpdate: undefined };

/** A thousand records in order, and of each hundred after them some that are late by as much as `lateMs` says. */
function curveOf(lateMs: readonly number[]): GraceCurve {
  const curve = new GraceCurve(flinkGrid({ kind: 'tumbling', sizeMs: 1_000 }), usualSlacksMs());
  for (let eventMs = 0; eventMs < 1_000_000; eventMs += 1_000) curve.take(eventMs);
  for (const ms of lateMs) curve.take(999_000 - ms);
  return curve;
}

test.for([
  {
    why: 'nothing is late',
    lateMs: [],
    budget: undefined,
    costs: free,
    want: { kind: 'drop', slackMs: 0, dropped: 0 },
  },
  {
    why: 'a budget of none',
    lateMs: [2_000, 50_000],
    budget: 0,
    costs: free,
    want: { kind: 'grace', slackMs: 49_001, dropped: 0 },
  },
  {
    why: 'a budget of one',
    lateMs: [2_000, 50_000],
    budget: 1,
    costs: free,
    want: { kind: 'grace', slackMs: 1_001, dropped: 1 },
  },
  {
    why: 'waiting is dear: a record more or less is not worth it',
    lateMs: [2_000, 50_000],
    budget: undefined,
    costs: { perDrop: 1, perSecond: 1, perUpdate: undefined },
    want: { kind: 'drop', slackMs: 0, dropped: 2, cost: 2 },
  },
  {
    why: 'records are dear: waiting for the last of them pays',
    lateMs: [2_000, 50_000],
    budget: undefined,
    costs: { perDrop: 1e9, perSecond: 1, perUpdate: undefined },
    want: { kind: 'wait', slackMs: 49_001, dropped: 0, waitedSeconds: 49_001 },
  },
  {
    why: 'corrections are cheap: results go out at once',
    lateMs: [2_000, 50_000],
    budget: undefined,
    costs: { perDrop: 100, perSecond: 1, perUpdate: 1 },
    want: { kind: 'grace', slackMs: 49_001, dropped: 0, updates: 2, cost: 2 },
  },
])('$why', ({ lateMs, budget, costs, want }) => {
  const curve = curveOf(lateMs);
  const advice = advise({
    windows: 1_000,
    points: curve.points(),
    slackFor: (most) => curve.graceFor(most),
    budget,
    costs,
  });
  expect(advice.recommended).toMatchObject(want);
});

test('the knee is where more grace begins to buy little', () => {
  const many = Array.from({ length: 1_000 }, (_, i) => 1_000 + i * 4);
  const curve = curveOf([...many, 3_600_000 / 4, 900_000]);
  const { kneeMs } = advise({
    windows: 1,
    points: curve.points(),
    slackFor: (most) => curve.graceFor(most),
    budget: undefined,
    costs: free,
  });
  expect(kneeMs).toBeGreaterThan(2_000);
  expect(kneeMs).toBeLessThan(6_000);
});
