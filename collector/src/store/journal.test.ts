import { expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { type Commit, Journal, journalLimits } from './journal.ts';

/** A disk whose commits end when, and as, the test says. */
function disk() {
  const log: Entry[] = [];
  const commits: { readonly size: number; readonly end: (error?: Error) => void }[] = [];
  const commit: Commit = ({ entries, afterId }) =>
    new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        if (error !== undefined) return reject(error);
        log.push(...entries);
        resolve(afterId + entries.length);
      };
      commits.push({ size: entries.length, end });
    });
  const outcomes: (string | undefined)[] = [];
  const journal = new Journal({ commit, lastId: 0, onOutcome: ({ error }) => outcomes.push(error?.message) });
  const folded: string[] = [];
  const write = (entry: Entry) => {
    const name = `${entry.kind} ${entry.atMs}`;
    return journal
      .write(entry, () => folded.push(name))
      .then(
        () => 'written' as const,
        (error: Error) => error.message,
      );
  };
  return { log, commits, outcomes, journal, folded, write };
}

const report = (atMs: number, bytes = 1): Entry => ({
  kind: 'report',
  atMs,
  body: new Uint8Array(bytes),
  isPacked: true,
});
const tick = (atMs: number): Entry => ({ kind: 'tick', atMs });
const turn = () => new Promise(setImmediate);

test('nothing is folded before it is written; what comes while a commit is under way shares the next one, in order', async () => {
  const { commits, journal, folded, write } = disk();
  const first = write(report(1));
  await turn();
  const others = [write(report(2)), write(tick(3)), write(report(4))];
  await turn();
  expect(folded).toEqual([]);
  expect(commits).toHaveLength(1);
  commits[0]!.end();
  expect(await first).toBe('written');
  expect(folded).toEqual(['report 1']);
  await turn();
  expect(commits.map(({ size }) => size)).toEqual([1, 3]);
  commits[1]!.end();
  expect(await Promise.all(others)).toEqual(['written', 'written', 'written']);
  expect(folded).toEqual(['report 1', 'report 2', 'tick 3', 'report 4']);
  expect(journal.foldedId).toBe(4);
});

test('a disk that takes nothing: reports are refused, time goes on, and is written before what comes next', async () => {
  const { commits, folded, write, log, outcomes, journal } = disk();
  const refused = [write(report(1)), write(tick(2)), write(report(3))];
  await turn();
  commits[0]!.end(new Error('disk full'));
  expect(await Promise.all(refused)).toEqual(['disk full', 'written', 'disk full']);
  const still = write(tick(4));
  await turn();
  commits[1]!.end(new Error('disk full'));
  await still;
  expect(folded).toEqual(['tick 2', 'tick 4']);
  const again = write(report(5));
  await turn();
  commits[2]!.end();
  expect(await again).toBe('written');
  expect(log).toEqual([tick(2), tick(4), report(5)]);
  expect(journal.foldedId).toBe(3);
  expect(outcomes).toEqual(['disk full', 'disk full', undefined]);
});

test('more than the disk takes is refused at once, and there is room again when it is written', async () => {
  const { commits, write } = disk();
  const large = write(report(1, journalLimits.maxWaitingBytes));
  expect(await write(report(2))).toBe('more waits to be written than the disk takes');
  await turn();
  commits[0]!.end();
  await large;
  const next = write(report(3));
  await turn();
  commits[1]!.end();
  expect(await next).toBe('written');
});
