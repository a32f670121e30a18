import type { LoggedDrop } from './consumer-log.ts';
import type { Variant } from './plan.ts';
import { toOffsetSet } from './ranges.ts';
import type { Side } from './side.ts';
import type { TopicTruth } from './topic-truth.ts';

/** What a story did, from those who did it: the proxy that cut, the consumer that dropped, the topic as it was written. */
export interface Deed {
  readonly variant: Variant;
  readonly anonymous: boolean;
  readonly cut: readonly [startMs: number, endMs: number] | undefined;
  readonly drops: readonly LoggedDrop[];
  readonly truth: TopicTruth;
}

export function whatItDid({ variant, anonymous, cut, drops, truth }: Deed): Side {
  const nameOfB = anonymous ? `producer ${truth.producerIdOfB}` : 'B';
  return {
    cut: cut ?? null,
    source: variant === 'idle' ? null : nameOfB,
    droppedOffsets: toOffsetSet(drops.map(({ partition, offset }) => ({ partition, first: offset, last: offset }))),
    culprits: culpritsOf(variant, drops, truth),
    idleAccused: false,
  };
}

/** Only a cut and a wrong clock are incidents. A cut costs B records; a wrong clock costs everyone. */
function culpritsOf(variant: Variant, drops: readonly LoggedDrop[], truth: TopicTruth): Side['culprits'] {
  if (variant !== 'cut' && variant !== 'clock') return [];
  const lost = variant === 'clock' ? drops : drops.filter((drop) => truth.byB.has(`${drop.partition}:${drop.offset}`));
  const first = lost.reduce<LoggedDrop | undefined>(
    (earliest, drop) => (earliest && earliest.windowEndMs <= drop.windowEndMs ? earliest : drop),
    undefined,
  );
  return first ? [{ partition: first.closedBy.partition, offset: first.closedBy.offset }] : [];
}
