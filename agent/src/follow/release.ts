import { observe, observePosition, observeSeek } from '@tidemark/core';
import { dropHeld, nextAnsweredMs, takeFirst } from './held.ts';
import type { Followed, Home } from './homes.ts';

/**
 * The group has committed up to here. Its offset may go back when somebody resets it: then what comes is read again because
 * the group wants that.
 */
export function noteCommit(followed: Followed, offset: number): void {
  const { committed, position } = followed;
  followed.committed = offset;
  if (position === undefined) followed.position = offset;
  else if (committed !== undefined && offset < committed && offset < position) {
    dropHeld(followed.held);
    observeSeek(followed.state, offset);
    followed.position = offset;
  }
}

/**
 * Observes what the group has committed, as processed now. From outside a commit tells how far each partition was processed,
 * not how its partitions took turns in between: they are taken to have done so as the broker handed their records out. Within
 * one partition the order is exact.
 */
export function release(home: Home, nowMs: number): void {
  const { task, reading } = home;
  const { seen } = reading;
  for (let from = earliest(home); from !== undefined; from = earliest(home)) {
    const { state } = from;
    takeFirst(from.held, from.committed!, (record, fetch) => {
      if (record === fetch.records[0])
        state.fetched.push({ lastOffset: fetch.lastOffset, answeredMs: fetch.answeredMs });
      seen.lane = record.lane;
      seen.offset = record.offset;
      seen.eventMs = record.eventMs;
      seen.createMs = record.createMs;
      seen.appendMs = record.appendMs;
      seen.startsBatch = record.startsBatch;
      seen.leaderEpoch = record.leaderEpoch;
      seen.processedMs = nowMs;
      observe(task, seen);
    });
  }
  for (const followed of home.partitions) notePosition(followed);
}

/** The group may have committed past what is no record, or nothing may have come since we watch. */
function notePosition({ held, state, position, committed }: Followed): void {
  if (committed === undefined || position === undefined || position < committed) return;
  if (nextAnsweredMs(held, committed) === Number.POSITIVE_INFINITY) observePosition(state, committed);
}

/** The partition whose next committed record came first. */
function earliest(home: Home): Followed | undefined {
  let first: Followed | undefined;
  let firstMs = Number.POSITIVE_INFINITY;
  for (const followed of home.partitions) {
    if (followed.committed === undefined) continue;
    const answeredMs = nextAnsweredMs(followed.held, followed.committed);
    if (answeredMs < firstMs) {
      firstMs = answeredMs;
      first = followed;
    }
  }
  return first;
}
