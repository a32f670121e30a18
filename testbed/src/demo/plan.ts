import { Random } from './random.ts';

export const variants = ['cut', 'idle', 'clock', 'unordered'] as const;
export type Variant = (typeof variants)[number];

/** What a story will do. Its span is when B is cut off, idle or has a wrong clock; an unordered B is so all along. */
export interface Plan {
  readonly variant: Variant;
  readonly seed: number;
  /** No producer says its name: only the broker's producer ids tell them apart. */
  readonly anonymous: boolean;
  readonly partitions: number;
  readonly spanStartMs: number;
  readonly spanLengthMs: number;
  readonly perSecond: { readonly A: number; readonly B: number };
}

/** The consumer's: five-second windows, open for two seconds more. */
export const windowMs = 5_000;
export const graceMs = 2_000;

/** How far ahead B's clock is in the variant `clock`, and how long B holds back an event at most in `unordered`. */
export const clockAheadMs = 5_000;
export const maxDelayMs = 15_000;

/** `live`: for someone who watches, so that the first verdict does not keep them waiting. */
export function planStory(options: { variant: Variant; seed: number; anonymous: boolean; live: boolean }): Plan {
  const { variant, seed, anonymous, live } = options;
  const random = new Random(seed);
  return {
    variant,
    seed,
    anonymous,
    partitions: random.between(2, 4),
    spanStartMs: live ? 8_000 : random.between(8_000, 14_000),
    spanLengthMs: live ? random.between(15_000, 18_000) : random.between(15_000, 40_000),
    perSecond: { A: random.between(20, 60), B: random.between(20, 60) },
  };
}

/** How long the world goes on after the span, so that its consequences are over when it stops. */
export function tailMs(variant: Variant): number {
  // B's true time catches up with the time that its wrong clock had claimed, and A is late until then.
  if (variant === 'clock') return clockAheadMs + 3_000;
  return 5_000;
}
