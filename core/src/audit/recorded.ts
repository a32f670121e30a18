import type { Audited } from './audited.ts';

/** What was recorded of one partition, as columns. */
export interface RecordedLane {
  readonly place: number;
  count: number;
  offsets: Float64Array;
  eventsMs: Float64Array;
  arrivalsMs: Float64Array;
}

/**
 * A history kept in memory, so that it can be played again in other orders. It is the only part of an audit that grows with
 * the records, so it has a bound, and takes only as much as lies before it.
 */
export class Recorded {
  readonly lanes: RecordedLane[] = [];
  readonly #maxRecords: number;
  /** Of each record, in the order of arrival. */
  #places: Int32Array = new Int32Array(1_024);
  #count = 0;
  #isCut = false;

  constructor(maxRecords: number) {
    this.#maxRecords = maxRecords;
  }

  get count(): number {
    return this.#count;
  }

  /** There was more than was kept. */
  get isCut(): boolean {
    return this.#isCut;
  }

  take({ place, offset, eventMs, arrivalMs }: Audited): void {
    if (this.#count >= this.#maxRecords) {
      this.#isCut = true;
      return;
    }
    if (this.#count === this.#places.length) {
      const places = new Int32Array(2 * this.#count);
      places.set(this.#places);
      this.#places = places;
    }
    this.#places[this.#count++] = place;
    const lane = (this.lanes[place] ??= newLane(place));
    if (lane.count === lane.offsets.length) {
      lane.offsets = doubled(lane.offsets);
      lane.eventsMs = doubled(lane.eventsMs);
      lane.arrivalsMs = doubled(lane.arrivalsMs);
    }
    lane.offsets[lane.count] = offset;
    lane.eventsMs[lane.count] = eventMs;
    lane.arrivalsMs[lane.count++] = arrivalMs;
  }

  placeAt(index: number): number {
    return this.#places[index]!;
  }
}

function newLane(place: number): RecordedLane {
  const column = (): Float64Array => new Float64Array(1_024);
  return { place, count: 0, offsets: column(), eventsMs: column(), arrivalsMs: column() };
}

function doubled(column: Float64Array): Float64Array {
  const wider = new Float64Array(2 * column.length);
  wider.set(column);
  return wider;
}
