import type { Plan } from './plan.ts';

/** What the story tells as it unfolds. */
export type Moment =
  | { readonly kind: 'opens'; readonly plan: Plan; readonly topic: string; readonly group: string }
  | { readonly kind: 'attached'; readonly line: string }
  | { readonly kind: 'flowing'; readonly plan: Plan }
  | { readonly kind: 'spanStarts'; readonly plan: Plan }
  | { readonly kind: 'spanGoesOn'; readonly plan: Plan; readonly forMs: number; readonly queued: number }
  | { readonly kind: 'spanEnds'; readonly plan: Plan; readonly queued: number }
  | { readonly kind: 'firstDrop' }
  | {
      readonly kind: 'over';
      readonly dropped: number;
      readonly processed: number;
      readonly reconnect: Reconnect | undefined;
    };

/** How eagerly B tried to come back. */
export interface Reconnect {
  readonly longestWaitMs: number;
  /** From the network's return to the first acknowledgement. */
  readonly firstAckAfterMs: number;
}
