import type { GracePoint } from '../dialects/grace-curve.ts';
import { formatDuration } from '../telling/format.ts';

/** What a user says that things cost; all in the same unit of money, or of anything else. */
export interface Costs {
  /** Of a record that is missing in a result. */
  readonly perDrop: number | undefined;
  /** Of a second that one result is waited for. */
  readonly perSecond: number | undefined;
  /** Of a result that is sent again, corrected. */
  readonly perUpdate: number | undefined;
}

/** What the history says about the choice between dropping, waiting and correcting. */
export interface Facts {
  readonly windows: number | undefined;
  /** From no grace at all on. */
  readonly points: readonly GracePoint[];
  /** The smallest slack for a number of lost records. */
  readonly slackFor: (maxRecords: number) => number;
  readonly budget: number | undefined;
  readonly costs: Costs;
}

export interface Option {
  readonly kind: 'drop' | 'wait' | 'grace';
  readonly slackMs: number;
  readonly dropped: number;
  /** Results that go out once more because a late record still got in. */
  readonly updates: number;
  /** Seconds that results wait, over all of them. */
  readonly waitedSeconds: number;
  /** Undefined: not all that it is made of has a price. */
  readonly cost: number | undefined;
}

export interface Advice {
  readonly recommended: Option;
  readonly reason: string;
  readonly options: readonly Option[];
  /** Where more slack begins to buy little. */
  readonly kneeMs: number;
  readonly budgetSlackMs: number | undefined;
}

/**
 * Drop, wait, or emit at once and correct: what each would have cost on this history, and which one to take. With prices for a
 * lost record and for a second of waiting it is the cheapest; without, the smallest slack that meets the budget; without one,
 * the knee of the curve.
 */
export function advise(facts: Facts): Advice {
  const kneeMs = kneeOf(facts.points);
  const budgetSlackMs = facts.budget === undefined ? undefined : facts.slackFor(facts.budget);
  const none = optionAt(facts, 'drop', facts.points[0]!);
  const candidates = fewest(facts.points).filter(({ graceMs }) => graceMs > 0);
  const waits = candidates.map((point) => optionAt(facts, 'wait', point));
  const graces = candidates.map((point) => optionAt(facts, 'grace', point));
  const target = budgetSlackMs ?? kneeMs;
  const options = [none, cheapest(waits) ?? nearest(waits, target), cheapest(graces) ?? nearest(graces, target)].filter(
    (option) => option !== undefined,
  );
  if (none.dropped === 0) {
    return { recommended: none, reason: 'nothing is lost without any grace', options, kneeMs, budgetSlackMs };
  }
  const priced = cheapest(options);
  const isPriced =
    facts.costs.perDrop !== undefined && (facts.costs.perSecond !== undefined || facts.costs.perUpdate !== undefined);
  if (isPriced && priced !== undefined) {
    const rest = options.filter((option) => option !== priced && option.cost !== undefined);
    const others = rest.map(
      ({ kind, slackMs, cost }) =>
        `${kind}${slackMs > 0 ? ` for ${formatDuration(slackMs)}` : ''} would cost ${round(cost!)}`,
    );
    const reason = `it is the cheapest at these prices: ${round(priced.cost!)}; ${others.join(', ')}`;
    return { recommended: priced, reason, options, kneeMs, budgetSlackMs };
  }
  const recommended = nearest(graces, target) ?? none;
  const reason =
    budgetSlackMs === undefined
      ? `the curve bends there: more grace buys little, and no budget or prices were given`
      : `it is the smallest that loses at most ${facts.budget} records`;
  return { recommended, reason, options, kneeMs, budgetSlackMs };
}

function optionAt({ points, windows, costs, slackFor }: Facts, kind: Option['kind'], point: GracePoint): Option {
  const dropped = point.recordsWithDrop;
  // The smallest that loses no more: often less than the step of the curve.
  const slackMs = kind === 'drop' ? 0 : Math.min(point.graceMs, slackFor(dropped));
  const updates = kind === 'grace' ? points[0]!.recordsWithDrop - dropped : 0;
  const waitedSeconds = kind === 'wait' ? ((windows ?? 0) * slackMs) / 1_000 : 0;
  const prices = [
    [dropped, costs.perDrop],
    [waitedSeconds, costs.perSecond],
    [updates, costs.perUpdate],
  ] as const;
  const isPriced = prices.every(([amount, price]) => amount === 0 || price !== undefined);
  const cost = isPriced ? prices.reduce((sum, [amount, price]) => sum + amount * (price ?? 0), 0) : undefined;
  return { kind, slackMs, dropped, updates, waitedSeconds, cost };
}

/** Of graces that lose the same, the smallest. */
function fewest(points: readonly GracePoint[]): GracePoint[] {
  return points.filter((point, at) => point.recordsWithDrop !== points[at - 1]?.recordsWithDrop);
}

function cheapest(options: readonly Option[]): Option | undefined {
  let best: Option | undefined;
  for (const option of options) {
    if (option.cost !== undefined && (best === undefined || option.cost < best.cost!)) best = option;
  }
  return best;
}

function nearest(options: readonly Option[], slackMs: number): Option | undefined {
  return options.find((option) => option.slackMs >= slackMs) ?? options.at(-1);
}

/**
 * The knee: the point that lies farthest below the line from the first to the last that still changes something, with graces
 * on a logarithmic scale, because users choose among 1 s, 10 s and 1 min.
 */
export function kneeOf(points: readonly GracePoint[]): number {
  const first = points[0];
  const end = points.findIndex(({ recordsWithDrop }) => recordsWithDrop === 0);
  const last = points[end < 0 ? points.length - 1 : end];
  if (first === undefined || last === undefined || first.recordsWithDrop === last.recordsWithDrop) return 0;
  const at = (ms: number): number => Math.log2(1 + ms / 100);
  const span = at(last.graceMs) - at(first.graceMs);
  const fall = first.recordsWithDrop - last.recordsWithDrop;
  // Without a bend only all of it helps.
  let knee = last;
  let most = 0;
  for (const point of points.slice(0, points.indexOf(last) + 1)) {
    const along = (at(point.graceMs) - at(first.graceMs)) / span;
    const fallen = (first.recordsWithDrop - point.recordsWithDrop) / fall;
    if (fallen - along > most) {
      most = fallen - along;
      knee = point;
    }
  }
  return knee.graceMs;
}

function round(cost: number): string {
  return cost >= 100 ? String(Math.round(cost)) : cost.toFixed(2);
}
