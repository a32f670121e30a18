import type { TimeWindowShape, WindowGrid } from '../dialects/windows.ts';
import type { Audited } from './audited.ts';
import type { ClosingStep, ClosingSteps } from './closing-steps.ts';
import type { Judgement } from './judgement.ts';

/** What one window lost, over all tasks and keys. */
export interface WindowLoss {
  readonly startMs: number;
  readonly endMs: number;
  lost: number;
  /** All that belongs to it; undefined: so long ago that it is not known any more. */
  records: number | undefined;
  /** How much more slack, at least, would have kept it whole. */
  moreSlackMs: number;
  /** The record whose time closed it, and when it came. */
  closedBy: ClosingStep | undefined;
  /** When the first and the last that it should have held came. */
  firstLossMs: number;
  lastLossMs: number;
}

export const windowLimits = { maxLossy: 100_000, maxPanes: 200_000 } as const;

/**
 * Which windows are wrong, and by how much. What a window should hold is counted in panes, the largest pieces that all
 * windows are made of, so a record costs the same however many windows it falls into.
 */
export class WindowLosses {
  readonly #grid: WindowGrid;
  readonly #paneMs: number;
  readonly #offsetMs: number;
  readonly #panes = new Map<number, { records: number }>();
  readonly #lossy = new Map<number, WindowLoss>();
  #pane: { records: number } | undefined;
  #paneIndex = Number.NaN;
  #lowestPane = Number.POSITIVE_INFINITY;
  #highestPane = Number.NEGATIVE_INFINITY;
  #windows = 0;
  #overflow = 0;

  constructor(shape: TimeWindowShape, grid: WindowGrid) {
    this.#grid = grid;
    this.#paneMs = greatestDivisor(grid.sizeMs, grid.advanceMs);
    this.#offsetMs = shape.offsetMs ?? 0;
  }

  /** Windows with at least one record. */
  get windows(): number {
    return this.#windows;
  }

  /** (record, window) pairs beyond the bound of windows that are listed. */
  get overflow(): number {
    return this.#overflow;
  }

  take(
    { eventMs, refused, observedMs }: Readonly<Judgement>,
    record: Audited,
    slackMs: number,
    steps: ClosingSteps,
  ): void {
    const index = Math.floor((eventMs - this.#offsetMs) / this.#paneMs);
    if (index !== this.#paneIndex) this.#enterPane(index, eventMs);
    this.#pane!.records++;
    if (refused > 0) this.#lose(eventMs, refused, { closeMs: observedMs - slackMs, record, steps });
  }

  /** Those that lost something, the worst first: by the share of what they should hold, then by count. */
  worst(limit: number): WindowLoss[] {
    const all = [...this.#lossy.values()];
    for (const window of all) window.records = this.#recordsIn(window);
    return all.sort((one, other) => errorOf(other) - errorOf(one) || other.lost - one.lost).slice(0, limit);
  }

  get touched(): number {
    return this.#lossy.size;
  }

  all(): Iterable<WindowLoss> {
    return this.#lossy.values();
  }

  #enterPane(index: number, eventMs: number): void {
    this.#paneIndex = index;
    this.#pane = this.#panes.get(index);
    if (this.#pane !== undefined) return;
    this.#pane = { records: 0 };
    this.#countWindows(index, eventMs);
    this.#panes.set(index, this.#pane);
    if (this.#panes.size > windowLimits.maxPanes) this.#panes.delete(this.#panes.keys().next().value!);
  }

  /** A new pane opens those of its windows that hold no other one: none down to its neighbour below, none up to that above. */
  #countWindows(index: number, eventMs: number): void {
    const { sizeMs, advanceMs } = this.#grid;
    const lastStartMs = this.#grid.lastStartMs(eventMs);
    const ms = (pane: number): number => pane * this.#paneMs + this.#offsetMs;
    const low = Math.max(this.#grid.firstStartMs(eventMs, lastStartMs), ms(this.#neighbour(index, -1) + 1));
    const high = Math.min(lastStartMs, ms(this.#neighbour(index, 1)) - sizeMs);
    const highStartMs = lastStartMs - Math.ceil((lastStartMs - high) / advanceMs) * advanceMs;
    this.#windows += Math.max(0, Math.floor((highStartMs - low) / advanceMs) + 1);
    this.#lowestPane = Math.min(this.#lowestPane, index);
    this.#highestPane = Math.max(this.#highestPane, index);
  }

  /** The nearest pane that has records; one that no window shares with this pane is as good as none. */
  #neighbour(index: number, step: 1 | -1): number {
    const far = index + step * (this.#grid.sizeMs / this.#paneMs);
    const [lowest, highest] = [Math.max(far, this.#lowestPane), Math.min(far, this.#highestPane)];
    for (let pane = index + step; step > 0 ? pane <= highest : pane >= lowest; pane += step)
      if (this.#panes.has(pane)) return pane;
    return far;
  }

  #lose(
    eventMs: number,
    refused: number,
    { closeMs, record, steps }: { readonly closeMs: number; readonly record: Audited; readonly steps: ClosingSteps },
  ): void {
    const { sizeMs, advanceMs } = this.#grid;
    const firstStartMs = this.#grid.firstStartMs(eventMs, this.#grid.lastStartMs(eventMs));
    for (let i = 0, startMs = firstStartMs; i < refused; i++, startMs += advanceMs) {
      let window = this.#lossy.get(startMs);
      if (window === undefined) {
        if (this.#lossy.size >= windowLimits.maxLossy) {
          this.#overflow++;
          continue;
        }
        const endMs = startMs + sizeMs;
        window = {
          startMs,
          endMs,
          lost: 0,
          records: undefined,
          moreSlackMs: 0,
          closedBy: steps.closerOf(endMs),
          firstLossMs: record.arrivalMs,
          lastLossMs: record.arrivalMs,
        };
        this.#lossy.set(startMs, window);
      }
      window.lost++;
      window.lastLossMs = record.arrivalMs;
      window.moreSlackMs = Math.max(window.moreSlackMs, closeMs - window.endMs + 1);
    }
  }

  #recordsIn({ startMs, endMs }: WindowLoss): number | undefined {
    const first = Math.floor((startMs - this.#offsetMs) / this.#paneMs);
    const count = Math.round((endMs - startMs) / this.#paneMs);
    const oldest: number | undefined = this.#panes.keys().next().value;
    if (oldest === undefined || this.#panes.size >= windowLimits.maxPanes) return undefined;
    let records = 0;
    for (let i = 0; i < count; i++) records += this.#panes.get(first + i)?.records ?? 0;
    return records;
  }
}

export function errorOf({ lost, records }: { readonly lost: number; readonly records: number | undefined }): number {
  return records === undefined || records === 0 ? 0 : lost / records;
}

function greatestDivisor(one: number, other: number): number {
  let [a, b] = [one, other];
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
