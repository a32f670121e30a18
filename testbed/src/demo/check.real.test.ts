import { expect, inject, test } from 'vitest';
import { checkStory } from './check-story.ts';

const { brokers, missing } = inject('broker');

test.skipIf(missing).for([
  { why: 'a cut producer that says its name', args: ['--variant', 'cut', '--seed', '11'] },
  {
    why: 'a cut producer of whom only the broker’s id is known',
    args: ['--variant', 'cut', '--seed', '12', '--anonymous'],
  },
  { why: 'an idle producer must not be accused', args: ['--variant', 'idle', '--seed', '13'] },
  { why: 'an idle producer without a name neither', args: ['--variant', 'idle', '--seed', '14', '--anonymous'] },
  { why: 'a clock that is ahead', args: ['--variant', 'clock', '--seed', '15'] },
  { why: 'a clock that is ahead, of a nameless producer', args: ['--variant', 'clock', '--seed', '16', '--anonymous'] },
  { why: 'events that are truly out of order', args: ['--variant', 'unordered', '--seed', '17'] },
])('$why', { timeout: 600_000 }, async ({ args }) => {
  const { exitCode, result, notes } = await checkStory(brokers, args);
  expect(result?.ok, `${notes}\n${JSON.stringify(result)}`).toBe(true);
  expect(Object.keys(result?.said ?? {}).sort()).toEqual([
    'culprits',
    'cut',
    'cutBounds',
    'droppedOffsets',
    'idleAccused',
    'source',
  ]);
  expect(Object.keys(result?.did ?? {}).sort()).toEqual(['culprits', 'cut', 'droppedOffsets', 'idleAccused', 'source']);
  expect(exitCode).toBe(0);
});
