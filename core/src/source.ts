/**
 * Who emits events. Named by a header or key prefix where the user configured one, else by the broker's producer id,
 * else only the partition is known.
 */
export type Source =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'producer'; readonly producerId: string }
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  /** The rows beyond the agent's limit of sources, taken together: counted and shown, never blamed. */
  | { readonly kind: 'overflow' };

/** As it is told of: a producer without a name that was restarted, with the producer id that it had before. */
export type ToldSource = Source & { readonly before?: string };

/** A map key: equal exactly when the sources are. */
export function sourceKey(source: Source): string {
  switch (source.kind) {
    case 'named':
      return `n:${source.name}`;
    case 'producer':
      return `p:${source.producerId}`;
    case 'partition':
      return `t:${source.topic}-${source.partition}`;
    case 'overflow':
      return 'o:';
  }
}

/** What a person reads: `producer 4711` when only the wire is known, `producer 4711 (before: 4702)` after a restart. */
export function sourceName(source: ToldSource): string {
  return source.before === undefined ? plainName(source) : `${plainName(source)} (before: ${source.before})`;
}

/** The same as long as the source lives, whatever is found out of it: for labels. */
export function plainName(source: Source): string {
  switch (source.kind) {
    case 'named':
      return source.name;
    case 'producer':
      return `producer ${source.producerId}`;
    case 'partition':
      return `${source.topic}-${source.partition}`;
    case 'overflow':
      return 'other sources';
  }
}
