import { expect, test } from 'vitest';
import type { ArrivalModel } from '../habits/arrival-model.ts';
import { arrivalWords } from './arrival-words.ts';

const hourMs = 3_600_000;

test.for<{ why: string; arrival: ArrivalModel; want: string[] }>([
  {
    why: 'a steady one has a rate',
    arrival: { kind: 'steady', everyMs: 40, recordsPerSecond: 1234.4 },
    want: ['steady, 1,234 records/s'],
  },
  {
    why: 'one that comes seldom has a period',
    arrival: { kind: 'periodic', everyMs: 300_000 },
    want: ['every 5 min'],
  },
  {
    why: 'its day is told, and what is usual now',
    arrival: {
      kind: 'irregular',
      everyMs: 15_000,
      recordsPerSecond: 0.062,
      silentUpToMs: 2 * hourMs,
      quiet: { fromMs: 22 * hourMs, toMs: 6 * hourMs },
    },
    want: [
      'at irregular times, half of them within 15 s, 0.06 records/s',
      'quiet from about 22:00 to 06:00 UTC',
      'usually silent for up to 2 h at this time of day',
    ],
  },
  {
    why: 'a second of silence is no news',
    arrival: { kind: 'bursty', everyMs: 2_500, recordsPerSecond: 4.25, silentUpToMs: 1_000 },
    want: ['in bursts, within them every 2.5 s, 4.3 records/s'],
  },
])('$why', ({ arrival, want }) => expect(arrivalWords(arrival)).toEqual(want));
