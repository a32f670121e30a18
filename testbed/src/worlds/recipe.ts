import type { Draft, Needs } from './draft.ts';

/** What goes wrong in a world, or only seems to. */
export interface Recipe {
  readonly needs?: Needs;
  readonly make: (draft: Draft) => void;
}
