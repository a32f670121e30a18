/**
 * A lateness policy of a consumer, as its owner declares it. Tumbling windows with a grace, judged as Kafka Streams does
 * (`KStreamWindowAggregate`): a record is refused exactly when the end of its window plus the grace is at or below the
 * stream time.
 */
export interface Policy {
  readonly id: string;
  readonly window: { readonly kind: 'tumbling'; readonly sizeMs: number };
  readonly graceMs: number;
}

/** End (exclusive) of the tumbling window that an event time falls into. Windows are aligned to the epoch. */
export function windowEndMs(eventMs: number, sizeMs: number): number {
  return (Math.floor(eventMs / sizeMs) + 1) * sizeMs;
}
