import type { TopicPartition } from '../report.ts';
import { type Source, sourceKey } from '../source.ts';

/** One record of a history, in the order of arrival: a scratch object that its reader fills again. NaN: not known. */
export interface Audited {
  /** Of `Directory.places` and `Directory.sources`. */
  place: number;
  source: number;
  offset: number;
  /** What the policies judge by. */
  eventMs: number;
  /** The broker's stamp. */
  appendMs: number;
  fetchedMs: number;
  processedMs: number;
  /** When it came, by the order that was taken; within a place it never goes back. */
  arrivalMs: number;
  /** Undefined: it has none. Where keys are not read at all, the empty one. */
  key: string | undefined;
  hasValue: boolean;
}

export function createAudited(): Audited {
  return {
    place: 0,
    source: 0,
    offset: 0,
    eventMs: Number.NaN,
    appendMs: Number.NaN,
    fetchedMs: Number.NaN,
    processedMs: Number.NaN,
    arrivalMs: Number.NaN,
    key: '',
    hasValue: true,
  };
}

export const maxAuditedSources = 4_096;

/** The partitions and sources of a history by number, as they turn up; sources beyond the bound are one. */
export class Directory {
  readonly places: TopicPartition[] = [];
  readonly sources: Source[] = [];
  readonly #placesByTopic = new Map<string, number[]>();
  readonly #sourcesByKey = new Map<string, number>();

  placeOf(topic: string, partition: number): number {
    let known = this.#placesByTopic.get(topic);
    if (known === undefined) {
      known = [];
      this.#placesByTopic.set(topic, known);
    }
    const place = known[partition];
    if (place !== undefined) return place;
    known[partition] = this.places.length;
    this.places.push({ topic, partition });
    return known[partition]!;
  }

  sourceOf(source: Source): number {
    const key = sourceKey(source);
    const known = this.#sourcesByKey.get(key);
    if (known !== undefined) return known;
    if (this.sources.length >= maxAuditedSources && source.kind !== 'overflow') {
      return this.sourceOf({ kind: 'overflow' });
    }
    this.#sourcesByKey.set(key, this.sources.length);
    this.sources.push(source);
    return this.sources.length - 1;
  }
}
