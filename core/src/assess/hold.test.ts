import { describe, expect, test } from 'vitest';
import type { Arrival } from '../habits/arrival.ts';
import { createHabit, forgetSince, type Habit, isKnown, learn } from '../habits/habit.ts';
import { addToSketch, createSketch } from '../sketch.ts';
import { cutEnd, cutStart, followCell, followHold, openHold } from './hold.ts';
import { leftOver } from './left-over.ts';
import { heldFromMs, leastHeldMs } from './wait.ts';

// A source that writes every 200 ms, takes 5 to 40 ms to the broker, and whose clock is 1000 ms ahead of the consumer's.
const aheadMs = 1_000;

function habitOf(usualDelayMs = 40, cells = 20): Habit {
  const habit = createHabit();
  for (let i = 0; i < cells; i++) {
    learn(habit, { atMs: i * 1_000, gapMs: 200, quickMs: 5 - aheadMs, slowMs: usualDelayMs - aheadMs });
  }
  return habit;
}

/** Made at `madeMs`, appended at `appendMs`, both by true time. */
function arrival(madeMs: number, appendMs: number, offset = 0): Arrival {
  return { offset, eventMs: madeMs + aheadMs, lowMs: appendMs - 5, highMs: appendMs + 5 };
}

type Record = readonly [madeMs: number, appendMs: number];

/** The last record before it was made at 0 and appended at 20 ms; then these come, one cell each. */
function kindOf(records: readonly Record[], habit = habitOf()): string {
  const [first, ...rest] = records.map(([madeMs, appendMs], i) => arrival(madeMs, appendMs, i + 1));
  const hold = openHold(first!, arrival(0, 20), habit, { fromMs: 0, silentMs: 0, isShared: false, shiftMs: 0 });
  if (hold === undefined) return 'none';
  for (const one of [first!, ...rest]) {
    const cell = { count: 1, minEventMs: one.eventMs, maxEventMs: one.eventMs };
    const point = { offset: one.offset, eventMs: one.eventMs, append: { lowMs: one.lowMs } };
    followCell(hold, { ...cell, first: point, last: point }, 0);
    followHold(hold, one, habit);
  }
  return hold.kind;
}

/** `count` records, one every `everyMs` of event time and `appendEveryMs` of time. */
function series(from: Record, count: number, everyMs: number, appendEveryMs: number): Record[] {
  return Array.from({ length: count }, (_, i) => [from[0] + i * everyMs, from[1] + i * appendEveryMs] as const);
}

describe('what held the records of a source', () => {
  test.for([
    { why: 'comes back with a new event: idle', records: [[29_990, 30_000]], want: 'none' },
    { why: 'one held record alone decides nothing', records: [[200, 30_000]], want: 'pending' },
    { why: 'the wait melts away: cut off', records: series([200, 30_000], 50, 600, 10), want: 'cutOff' },
    { why: 'a slow link still works it off', records: series([200, 30_000], 20, 2_000, 1_000), want: 'cutOff' },
    {
      why: 'one held, then prompt: cut off',
      records: [
        [15_000, 30_000],
        [30_500, 30_510],
      ],
      want: 'cutOff',
    },
    { why: 'idle first, then cut', records: series([20_000, 30_000], 20, 500, 10), want: 'cutOff' },
    {
      why: 'a clock that runs away slowly, seen through polls: now above, now below what counts as held',
      records: Array.from({ length: 200 }, (_, i) => [i * 1_000, i * 1_000 + 2_900 + 12 * i - 400 * (i % 3)] as const),
      want: 'shifted',
    },
    { why: 'a clock set back by 5 s', records: series([-4_800, 220], 60, 200, 200), want: 'shifted' },
    {
      why: 'the same, of a source so rare that silence is its rule',
      records: series([20_000, 25_000], 5, 9_000, 9_000),
      want: 'shifted',
    },
    { why: 'a task that lags ever more', records: series([-3_000, 220], 60, 200, 300), want: 'shifted' },
    {
      why: 'a clock set back for a moment',
      records: [
        [-4_800, 220],
        [400, 410],
      ],
      want: 'passed',
    },
    { why: 'hours old, at the speed of its reader', records: series([-9e6, 220], 30, 9_000, 100), want: 'replayed' },
  ] satisfies { why: string; records: Record[]; want: string }[])('$why', ({ records, want }) => {
    expect(kindOf(records)).toBe(want);
  });

  test.for([
    { why: 'ten that fill the time of a cut', lateMs: series([20_000, 0], 10, -2_000, 0), want: 'cutOff' },
    { why: 'a lone one', lateMs: [[20_000, 0]], want: 'passed' },
    { why: 'five that all wait the same: a clock', lateMs: series([20_000, 0], 5, 50, 0), want: 'passed' },
    {
      why: 'one among others that are out of turn',
      lateMs: [...series([20, 0], 30, 5, 0), [20_000, 0]],
      want: 'passed',
    },
  ] satisfies {
    why: string;
    lateMs: Record[];
    want: string;
  }[])('where producers share a lane, then somebody is prompt: $why', ({ lateMs, want }) => {
    const [old, fresh] = [arrival(10_000, 30_000, 1), arrival(29_990, 30_000, 2)];
    const hold = openHold(old, arrival(29_900, 29_950), habitOf(), {
      fromMs: 0,
      silentMs: 0,
      isShared: true,
      shiftMs: 0,
    })!;
    const latenessMs = createSketch();
    for (const [byMs] of lateMs) addToSketch(latenessMs, byMs);
    const late = { latenessMs, maxLatenessMs: 20_000 };
    const point = { offset: 1, eventMs: old.eventMs, append: { lowMs: 30_000 } };
    followCell(hold, { count: 40, minEventMs: 0, maxEventMs: 0, first: point, last: point, late }, 0);
    for (const one of [old, fresh]) followHold(hold, one, habitOf());
    expect(hold.kind).toBe(want);
  });

  test('a batch every 30 s is a habit, not a cut', () => {
    expect(kindOf(series([200, 30_000], 50, 600, 10), habitOf(29_900))).toBe('none');
  });

  test('from which wait on it counts: a hiccup, or more than it usually takes', () => {
    expect(heldFromMs(habitOf())).toBe(leastHeldMs);
    expect(heldFromMs(habitOf(20_000))).toBeGreaterThan(20_000);
  });

  test('five cells are a habit, four are none: nobody is accused on no ground', () => {
    expect([4, 5].map((cells) => kindOf([[200, 30_000]], habitOf(40, cells)))).toEqual(['none', 'pending']);
    expect(isKnown(createHabit())).toBe(false);
  });
});

describe('a cut, and a clock that is wrong', () => {
  /** Cut off from 50 ms to 30 s; in the middle of it its clock is set back by `backMs`. */
  const cutWith = (backMs: number) => {
    const habit = habitOf();
    const backlog = [...series([200, 30_000], 25, 600, 10), ...series([15_200 - backMs, 30_250], 25, 600, 10)];
    const after = series([31_000 - backMs, 31_050], 100, 500, 500);
    const [first, ...rest] = [...backlog, ...after].map(([madeMs, appendMs], i) => arrival(madeMs, appendMs, i + 1));
    const hold = openHold(first!, arrival(0, 20), habit, { fromMs: 30_000, silentMs: 0, isShared: false, shiftMs: 0 })!;
    for (const one of rest) {
      hold.records++;
      followHold(hold, one, habit);
    }
    return { hold, left: leftOver(hold, habit) };
  };

  test('what is left of the wait when its backlog is worked off is the clock’s', () => {
    const { hold, left } = cutWith(20_000);
    expect(hold.kind).toBe('cutOff');
    expect(left).toMatchObject({ kind: 'shifted', followsSilence: false });
    expect(left!.leastHeldMs).toBeCloseTo(20_000, -2);
    expect(left!.after.lowMs).toBeGreaterThan(30_000);
  });

  test('nothing is left where the clock was right', () => expect(cutWith(0).left).toBeUndefined());

  test.for([20_000, -8_000])('a clock known to be %i ms behind is no part of the wait', (shiftMs) => {
    const made = arrival(10_000 - shiftMs, 30_000, 1);
    const hold = openHold(made, arrival(-shiftMs, 20), habitOf(), {
      fromMs: 0,
      silentMs: 0,
      isShared: false,
      shiftMs,
    })!;
    expect(hold.heldMs).toBeCloseTo(20_000, -2);
    expect(hold.followsSilence).toBe(true);
    expect(cutStart(hold).lowMs).toBeLessThanOrEqual(50);
    expect(cutStart(hold).highMs).toBeGreaterThanOrEqual(10_000);
  });
});

test('the bounds hold the cut, though the producer’s clock is a second ahead', () => {
  // Cut at 50 ms; back at 29.2 s, delivered at its next attempt at 30 s.
  const hold = openHold(arrival(100, 30_000), arrival(0, 20), habitOf(), {
    fromMs: 0,
    silentMs: 0,
    isShared: false,
    shiftMs: 0,
  })!;
  const start = cutStart(hold);
  const end = cutEnd(hold);
  expect(start.lowMs).toBeLessThanOrEqual(50);
  expect(start.highMs).toBeGreaterThanOrEqual(50);
  expect(end.lowMs).toBeLessThanOrEqual(29_200);
  expect(end.highMs).toBeGreaterThanOrEqual(30_000);
  expect(start.highMs - start.lowMs).toBeLessThan(1_000);
  expect(start.basis).toBe('assumed');
});

describe('a habit', () => {
  test('one long silence among many does not change it, a new rhythm does', () => {
    const habit = habitOf(40, 64);
    const quiet = { gapMs: 60_000, quickMs: 5 - aheadMs, slowMs: 40 - aheadMs };
    for (let i = 0; i < 4; i++) learn(habit, { atMs: 64_000, ...quiet });
    expect(habit.usualGapMs).toBe(200);
    for (let i = 0; i < 64; i++) learn(habit, { atMs: 65_000, ...quiet });
    expect(habit.usualGapMs).toBe(60_000);
  });

  test('keeps constant space', () => {
    expect(habitOf(40, 10_000).entries.values).toHaveLength(64 * 4);
  });

  test('a floor that rises faster than clocks drift is not followed, a lower one is at once', () => {
    const habit = habitOf();
    for (let i = 0; i < 100; i++) learn(habit, { atMs: 20_000 + i * 1_000, gapMs: 0, quickMs: 9_000, slowMs: 9_000 });
    expect(habit.floorMs).toBeLessThan(5 - aheadMs + 100);
    learn(habit, { atMs: 120_000, gapMs: 0, quickMs: -aheadMs, slowMs: -aheadMs });
    expect(habit.floorMs).toBe(-aheadMs);
  });

  test('forgets what a wrong clock told it', () => {
    const habit = habitOf();
    learn(habit, { atMs: 50_000, gapMs: 200, quickMs: -90_000, slowMs: -90_000 });
    expect(habit.floorMs).toBe(-90_000);
    forgetSince(habit, 50_000);
    expect(habit.floorMs).toBe(5 - aheadMs);
  });
});
