import { type InputFold, isIdle } from './input.ts';
import { createNodePoints, type NodePoint, type NodePoints, nodePointAt, noteNodePoint } from './node-points.ts';
import type { InputState, WatermarkReset } from './topology.ts';

/**
 * The watermark `W` of a node: the least of what its inputs count with.
 *
 * A partition that is written from outside counts with its own time, the highest event time processed in it. One that other
 * nodes write cannot: what is next in it may come from a writer that lags, and be as old as that one is. A stream processor
 * sends watermarks along with the records; we see reports only, and look up what would have been sent:
 *
 *     upstream    W ──10──20──────────30───────40──▶   by the time of its reports
 *     partition   ···append···append·│·append···       records in it; │ what the reader has processed ends here
 *     passed on                      └─ looked up at the append time of its last record processed: 20
 *
 * Whoever has read a partition to its end looks up at the moment of that fetch instead. `W` never goes back: an input that
 * returns from idleness with older events holds it where it is.
 *
 * What this cannot see: records that a process has in hand and has yet to write. In one that is followed from outside there
 * are none, since a commit comes after the writing; of one with an agent in it the record in hand counts as processed.
 */
export interface NodeFold {
  readonly id: string;
  readonly group: string;
  readonly stage: string | undefined;
  cluster: string | undefined;
  watermarkMs: number | undefined;
  /** No input counts. */
  isIdle: boolean;
  resets: number;
  lastReset: WatermarkReset | undefined;
  /** One of its inputs was reset since the last tick. */
  mayGoBack: boolean;
  readonly points: NodePoints;
}

/** What an input counts with at this tick. */
export interface InputNow {
  readonly fold: InputFold;
  readonly state: InputState;
  readonly progressMs: number | undefined;
  readonly upstream: readonly NodeFold[];
}

export function createNode(id: string, group: string, stage: string | undefined): NodeFold {
  return {
    id,
    group,
    stage,
    cluster: undefined,
    watermarkMs: undefined,
    isIdle: false,
    resets: 0,
    lastReset: undefined,
    mayGoBack: false,
    points: createNodePoints(),
  };
}

export function inputNow(fold: InputFold, upstream: readonly NodeFold[], isHeard: boolean): InputNow {
  const own = !isHeard ? 'unheard' : fold.behindSinceMs !== undefined ? 'behind' : undefined;
  if (upstream.length === 0) {
    return { fold, upstream, state: own ?? (isIdle(fold) ? 'idle' : 'live'), progressMs: fold.eventMs };
  }
  const passedOn = upstream.map((node) => nodePointAt(node.points, fold.readUntilMs));
  const counting = passedOn.filter((point) => !(point?.isIdle ?? false));
  const passedOnMs = counting.length > 0 ? leastOf(counting) : mostOf(passedOn);
  if (passedOnMs !== undefined) fold.passedOnMs = Math.max(fold.passedOnMs ?? passedOnMs, passedOnMs);
  return { fold, upstream, state: own ?? (counting.length > 0 ? 'live' : 'idle'), progressMs: fold.passedOnMs };
}

/** Unknown as soon as one of them is. */
function leastOf(points: readonly (NodePoint | undefined)[]): number | undefined {
  const leastMs = Math.min(...points.map((point) => point?.watermarkMs ?? Number.NEGATIVE_INFINITY));
  return leastMs === Number.NEGATIVE_INFINITY ? undefined : leastMs;
}

function mostOf(points: readonly (NodePoint | undefined)[]): number | undefined {
  const known = points.map((point) => point?.watermarkMs).filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** The input that holds the node back: unknown progress first, then the lowest. Undefined: none counts. */
export function lowestOf(inputs: readonly InputNow[]): InputNow | undefined {
  let lowest: InputNow | undefined;
  for (const input of inputs) {
    if (input.state === 'idle') continue;
    if (input.progressMs === undefined) return input;
    if (lowest === undefined || input.progressMs < lowest.progressMs!) lowest = input;
  }
  return lowest;
}

/** `reportedMs`: of the latest report about one of its inputs. Returns whether it stands elsewhere than before. */
export function advance(node: NodeFold, inputs: readonly InputNow[], reportedMs: number): boolean {
  const lowest = lowestOf(inputs);
  const progressMs = lowest === undefined ? mostProgress(inputs) : lowest.progressMs;
  node.isIdle = lowest === undefined;
  if (node.mayGoBack || node.watermarkMs === undefined) node.watermarkMs = progressMs;
  else if (progressMs !== undefined) node.watermarkMs = Math.max(node.watermarkMs, progressMs);
  node.mayGoBack = false;
  return noteNodePoint(node.points, { atMs: reportedMs, watermarkMs: node.watermarkMs, isIdle: node.isIdle });
}

/** When nobody counts, nothing more is known to come: all that there was has been processed. */
function mostProgress(inputs: readonly InputNow[]): number | undefined {
  const known = inputs.map(({ progressMs }) => progressMs).filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : known.reduce((most, ms) => Math.max(most, ms));
}
