import { messageOf, say } from './say.ts';

/**
 * Our code runs inside the host's calls, and must never throw into them. What we throw by a fault of ours, or because kafkajs
 * has another shape than we know, is counted; after `maxErrors` we let go and the host is alone again.
 */
export interface Guard {
  errors: number;
  /** Every probe looks here first. */
  detached: boolean;
  /** Of the whole agent, for its health: consumers come and go. */
  readonly total: ErrorTotal;
}

export interface ErrorTotal {
  errors: number;
}

const maxErrors = 20;

export function createGuard(total: ErrorTotal): Guard {
  return { errors: 0, detached: false, total };
}

export function countError(guard: Guard, error: unknown): void {
  guard.errors++;
  guard.total.errors++;
  if (guard.errors === 1) say(`an error of its own, which the host does not notice: ${messageOf(error)}`);
  if (guard.errors < maxErrors || guard.detached) return;
  guard.detached = true;
  say(`detached after ${maxErrors} errors of its own, the last: ${messageOf(error)}`);
}

/** Runs a probe; what it throws is counted. Not for the path of every record, where a closure would be one allocation. */
export function guarded(guard: Guard, probe: () => void): void {
  if (guard.detached) return;
  try {
    probe();
  } catch (error) {
    countError(guard, error);
  }
}
