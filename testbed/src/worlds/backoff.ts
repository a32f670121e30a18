import { flap, rack } from './faults.ts';
import type { Recipe } from './recipe.ts';

/**
 * Producers whose partitions come back one by one, each when its own next try is due: while some still wait, others are
 * heard of, also from the same leader. Judged by name only: `judge.ts cut-with-backoff …`.
 */
export const backoff: { readonly [family: string]: Recipe } = {
  'cut-with-backoff': {
    needs: { producers: 3, partitions: 3 },
    make: (draft) => {
      for (const producer of draft.producers.keys()) draft.setBackingOff(producer);
      rack(draft, 1);
    },
  },
  'flapping-with-backoff': {
    needs: { producers: 3, partitions: 3, isSteady: true },
    make: (draft) => {
      for (const producer of draft.producers.keys()) draft.setBackingOff(producer);
      flap(draft, draft.some(1)[0]!);
    },
  },
};
