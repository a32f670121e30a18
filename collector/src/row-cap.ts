import type { Metric, Row } from '@tidemark/core';

/** Rows of one metric that keep their own labels; the rest is one row. */
export const maxRowsPerMetric = 2_000;
/** The value of every label of that one row. */
export const otherLabel = 'other';

/** What a metric must say to be bounded. */
type Capped = Omit<Metric, 'rows'>;

/**
 * Bounds the rows of a metric. Who comes first keeps a row of its own until it is gone; whoever comes when all are taken
 * counts in a row whose labels all say `other`, and stays there, so that its counts do not move between rows.
 */
export class RowCap {
  readonly #own = new Map<string, ReadonlySet<string>>();
  readonly #rest = new Map<string, ReadonlySet<string>>();
  /** The `other` row of a counter must not go down when one of its members is gone. */
  readonly #highest = new Map<string, number>();
  readonly #maxRows: number;

  constructor(maxRows: number = maxRowsPerMetric) {
    this.#maxRows = maxRows;
  }

  apply(metric: Capped, rows: readonly Row[]): readonly Row[] {
    const own = this.#own.get(metric.name) ?? new Set();
    const rest = this.#rest.get(metric.name) ?? new Set();
    const keys = rows.map(({ labels }) => JSON.stringify(labels));
    const nextOwn = new Set(keys.filter((key) => own.has(key)));
    const nextRest = new Set(keys.filter((key) => rest.has(key)));
    for (const key of keys) {
      if (nextOwn.has(key) || nextRest.has(key)) continue;
      (nextOwn.size < this.#maxRows ? nextOwn : nextRest).add(key);
    }
    this.#own.set(metric.name, nextOwn);
    this.#rest.set(metric.name, nextRest);
    if (nextRest.size === 0) return rows;
    const others = rows.filter((_, i) => nextRest.has(keys[i]!));
    return [...rows.filter((_, i) => nextOwn.has(keys[i]!)), this.#other(metric, others)];
  }

  #other(metric: Capped, rows: readonly Row[]): Row {
    let value = folded(metric, rows);
    if (metric.kind === 'counter') {
      value = Math.max(value, this.#highest.get(metric.name) ?? 0);
      this.#highest.set(metric.name, value);
    }
    return { labels: metric.labels.map(() => otherLabel), value };
  }
}

function folded({ beyondCap }: Capped, rows: readonly Row[]): number {
  switch (beyondCap) {
    case 'sum':
      return rows.reduce((sum, { value }) => sum + value, 0);
    case 'lowest':
      return rows.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY);
    case 'highest':
      return rows.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  }
}
