import { expect, test } from 'vitest';
import { Cast, pause, until } from './cast.ts';

const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

test('a player who leaves unasked ends the story, with its name and last words', async () => {
  const cast = new Cast(new AbortController().signal);
  cast.enter('consumer', node('console.error("topic t: not there"); process.exitCode = 1'));
  await expect(pause(30_000, cast.signal)).rejects.toThrow('The consumer ended with exit code 1: topic t: not there');
});

test('a player who was asked to leave does not', async () => {
  const cast = new Cast(new AbortController().signal);
  const child = cast.enter('producer', node('setInterval(() => {}, 1000)'));
  await cast.leave();
  expect(child.ending?.code).toBeUndefined();
  expect(cast.signal.aborted).toBe(false);
});

test('what does not come about in time is said', async () => {
  const { signal } = new AbortController();
  await expect(until(() => false, { what: 'rain', withinMs: 10, signal, everyMs: 1 })).rejects.toThrow(
    'Waited 0 s in vain: rain.',
  );
});
