import type { SeriesPoint } from '@tidemark/core';

/** How far back the page draws. */
export const shownMs: number = 15 * 60_000;

/**
 * The points of the series as JSON, each serialised once, when it changed: every page that connects and every range that is
 * asked for is put together from the same texts. Holds as much history as core does.
 */
export class SeriesJson {
  #points: { readonly atMs: number; readonly json: string }[] = [];

  /** `points` take the place of all that was known from `fromMs` on. Returns them as a JSON array. */
  replaceFrom(fromMs: number, points: readonly SeriesPoint[]): string {
    const changed = points.map((point) => ({ atMs: point.atMs, json: JSON.stringify(point) }));
    const firstMs = Math.min(fromMs, changed[0]?.atMs ?? fromMs);
    const lastMs = changed.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    this.#points = [...this.#points.filter(({ atMs }) => atMs < firstMs && atMs >= lastMs - shownMs), ...changed];
    return jsonArray(changed.map(({ json }) => json));
  }

  /** Both ends inclusive. */
  between(fromMs: number, toMs: number): string {
    return jsonArray(this.textsBetween(fromMs, toMs));
  }

  textsBetween(fromMs: number, toMs: number): string[] {
    return this.#points.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).map(({ json }) => json);
  }

  get firstMs(): number | undefined {
    return this.#points[0]?.atMs;
  }
}

/** Of values that are JSON already. */
export function jsonArray(values: readonly string[]): string {
  return `[${values.join(',')}]`;
}
