import { describe, expect, test } from 'vitest';
import { createHostPoints } from '../ingest/host-points.ts';
import { createState, type HostFold } from '../ingest/state.ts';
import type { Cell } from '../report.ts';
import { appendOf, correctionOf, tellsOfStep } from './arrival.ts';

/** A host whose clock is ahead by `offsetMs`, as its last reading says. */
function host(offsetMs: number): HostFold {
  const reading = { atMs: 0, offsetMs, errorMs: 1, server: 's', epoch: 0 };
  return {
    host: 'h',
    source: 's',
    reading,
    steps: [],
    unsureUntilMs: Number.NEGATIVE_INFINITY,
    points: createHostPoints(),
  };
}

/** A cell of a broker whose clock, less the agent's, is within these. */
function cell(lowMs: number, highMs: number): Cell {
  return { leader: 1, brokerClock: { lowMs, highMs } } as Cell;
}

describe('the broker’s clock, found by the brackets around its stamps', () => {
  test.for([
    { why: 'may be right: is taken to be', cells: [[-400, 100]], agentMs: 0, want: 0 },
    {
      why: 'a step ahead shows at the first cell',
      cells: [
        [-400, 100],
        [29_600, 30_100],
      ],
      agentMs: 0,
      want: 29_600,
    },
    {
      why: 'and more exactly with each',
      cells: [
        [-400, 100],
        [29_600, 30_100],
        [29_900, 30_300],
      ],
      agentMs: 0,
      want: 29_900,
    },
    {
      why: 'a step back',
      cells: [
        [-400, 100],
        [-30_400, -30_000],
      ],
      agentMs: 0,
      want: -30_000,
    },
    { why: 'the agent’s own error is not the broker’s', cells: [[-5_100, -4_900]], agentMs: 5_000, want: 0 },
  ])('$why', ({ cells, agentMs, want }) => {
    const state = createState();
    const corrections = cells.map(([lowMs, highMs]) =>
      correctionOf(state, { host: host(agentMs), cluster: undefined }, cell(lowMs!, highMs!)),
    );
    expect(corrections.at(-1)).toEqual({ agentMs, brokerMs: want });
  });

  test('stamps are taken back to true time, each by its own clock', () => {
    const correction = { agentMs: 10, brokerMs: 30_000 };
    expect(appendOf({ lowMs: 50_000, highMs: 50_000, exact: true }, correction)).toEqual({
      lowMs: 20_000,
      highMs: 20_000,
    });
    expect(appendOf({ highMs: 20_100 }, correction)).toEqual({ lowMs: Number.NEGATIVE_INFINITY, highMs: 20_090 });
  });
});

test.for([
  { why: 'within the bounds', to: { offsetMs: 1.5, epoch: 0 }, want: false },
  { why: 'a leap', to: { offsetMs: 22_000, epoch: 0 }, want: true },
  { why: 'announced by a new epoch', to: { offsetMs: 1, epoch: 1 }, want: true },
])('two readings tell of a step: $why', ({ to, want }) => {
  const before = { atMs: 0, offsetMs: 0, errorMs: 1, server: 's', epoch: 0 };
  expect(tellsOfStep(before, { ...before, ...to, atMs: 30_000 })).toBe(want);
  expect(tellsOfStep(undefined, before)).toBe(false);
});
