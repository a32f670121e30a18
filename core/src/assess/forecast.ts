import { newestFirst } from '../ingest/lane-history.ts';
import type { LaneFold, SourceFold, TaskFold } from '../ingest/state.ts';
import { windowEndMs } from '../policy.ts';
import type { Source } from '../source.ts';

/**
 * What the silence of sources costs a consumer if they are cut off and come back now, by their own rate before. It is a
 * forecast of a loss that is not certain: a source that is idle holds nothing.
 */
export interface Forecast {
  readonly sources: readonly Source[];
  /** That all of them are cut off is certain: their own agents say so. */
  readonly isProved?: true;
  /** How far the stream time is past the last event that came of them: of the one that is furthest behind. */
  readonly leadMs: number;
  /** Records that they usually make in a second, together, and so would hold by now. */
  readonly perSecond: number;
  readonly heldRecords: number;
  readonly policies: readonly PolicyForecast[];
}

export interface PolicyForecast {
  readonly policy: string;
  readonly graceMs: number;
  /** Of the held records, those that the policy would refuse if they came now. */
  readonly lostRecords: number;
  /** Until it refuses the first of them, if the stream time goes on as time does; 0 when it does already. */
  readonly firstLostInMs: number;
}

/** Its rate is that of the last minutes before it fell silent: a day's rhythm is slower than that. */
const rateOverMs = 300_000;

/** A source, or what it writes to one leader. */
type Silent = Pick<SourceFold, 'source' | 'lanes' | 'lastCreatedMs' | 'told'>;

/** Of the lanes of one source in one task; undefined while nothing can be late there. */
export function forecastOf(task: TaskFold, of: Silent): Forecast | undefined {
  const { streamTimeMs } = task;
  const lanes = of.lanes.filter((lane) => lane.task === task);
  const perMs = rateOf(lanes);
  const lastMs = of.lastCreatedMs;
  if (streamTimeMs === undefined || perMs === 0 || !Number.isFinite(lastMs) || streamTimeMs <= lastMs) return undefined;
  // The first that it can be holding was made one usual gap after the last that got through, the others at its usual pace.
  const firstMs = lastMs + 1 / perMs;
  const madeBefore = (atMs: number): number => (atMs > firstMs ? Math.floor(perMs * (atMs - firstMs)) + 1 : 0);
  const madeRecords = madeBefore(task.reportedMs);
  const heldRecords = heldBy(of, lanes, madeRecords);
  return {
    sources: [of.source],
    ...(of.told?.kind === 'cut' ? { isProved: true } : {}),
    leadMs: streamTimeMs - lastMs,
    perSecond: perMs * 1000,
    heldRecords,
    policies: task.policies.map(({ id, window, graceMs }) => {
      // Windows that end at or before this are closed to it.
      const closedMs = windowEndMs(streamTimeMs - graceMs, window.sizeMs) - window.sizeMs;
      return {
        policy: id,
        graceMs,
        lostRecords: Math.min(heldRecords, scaled(madeBefore(closedMs), heldRecords, madeRecords)),
        firstLostInMs: Math.max(0, windowEndMs(firstMs, window.sizeMs) + graceMs - streamTimeMs),
      };
    }),
  };
}

/**
 * What the source's own agent counts, where its owner goes on handing over; where it hands over no more than it waits for, that
 * is the least. Of several tasks each has its share, by its rate.
 */
function heldBy({ told, lanes: all }: Silent, lanes: readonly LaneFold[], madeRecords: number): number {
  if (told?.kind !== 'cut') return madeRecords;
  const { waitingRecords, isAll } = told.proof;
  const share = lanes.length === all.length ? 1 : rateOf(lanes) / rateOf(all);
  const counted = Math.round(waitingRecords * Math.min(1, share));
  return isAll ? counted : Math.max(counted, madeRecords);
}

/** Of records that were made evenly, so many as of those that were expected. */
function scaled(records: number, held: number, made: number): number {
  return held === made || made === 0 ? records : Math.round((records * held) / made);
}

/** What several sources cost together. */
export function addForecasts(forecasts: readonly Forecast[]): Forecast | undefined {
  const [first, ...rest] = forecasts;
  return first === undefined ? undefined : rest.reduce(addForecast, first);
}

function addForecast({ isProved, ...a }: Forecast, b: Forecast): Forecast {
  const known = new Set(a.policies.map(({ policy }) => policy));
  return {
    sources: [...a.sources, ...b.sources],
    ...(isProved && b.isProved ? { isProved } : {}),
    leadMs: Math.max(a.leadMs, b.leadMs),
    perSecond: a.perSecond + b.perSecond,
    heldRecords: a.heldRecords + b.heldRecords,
    policies: [
      ...a.policies.map((one) => {
        const other = b.policies.find(({ policy }) => policy === one.policy);
        if (other === undefined) return one;
        return {
          ...one,
          lostRecords: one.lostRecords + other.lostRecords,
          firstLostInMs: Math.min(one.firstLostInMs, other.firstLostInMs),
        };
      }),
      ...b.policies.filter(({ policy }) => !known.has(policy)),
    ],
  };
}

/** Records in a millisecond, in the last minutes in which it spoke. */
function rateOf(lanes: readonly LaneFold[]): number {
  const lastMs = Math.max(...lanes.map((lane) => lane.lastSecondMs));
  let records = 0;
  let firstMs = lastMs;
  for (const { history } of lanes) {
    for (const { secondMs, count } of newestFirst(history)) {
      if (secondMs <= lastMs - rateOverMs) break;
      records += count;
      firstMs = Math.min(firstMs, secondMs);
    }
  }
  return records / (lastMs + 1000 - firstMs);
}
