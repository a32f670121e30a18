/**
 * Seeded fleets for the laws and stories about clocks as a collector sees them: producers, brokers and consumers with true clocks that
 * only the simulator knows, and the reports that the consumers' agents would send, second by second.
 */

import { prng } from '../../testbed/src/story/prng.ts';
import type { Cell, ClockReading, ClockStep, Pair, Report } from '../src/report.ts';
import { quietHealth } from './quiet-health.ts';
import { delays, type Network, networks, type Random } from './simulated-channel.ts';

/** How far a clock is ahead of true time, in ms, at a true time in ms since the start. */
export type Offset = (trueMs: number) => number;

export interface Fleet {
  readonly seed: number;
  readonly seconds: number;
  readonly producers: readonly string[];
  readonly brokers: readonly string[];
  /** Each has an agent. */
  readonly consumers: readonly string[];
  /** Of each producer. */
  readonly perSecond?: number;
  readonly network?: Network;
  /** By host; true where there is none. */
  readonly clocks?: { readonly [host: string]: Offset };
  /** The broker's stamp replaces the producer's: both are known. */
  readonly logAppendTime?: boolean;
  readonly ntp?: (host: string) => NtpOf | undefined;
  /** Steps that the agents see: by host, by true time. */
  readonly steps?: { readonly [host: string]: { readonly atMs: number; readonly byMs: number } };
  /** A producer's batch to a broker waits so long, from its first record, for more. */
  readonly lingerMs?: number;
  /** Held up on its way to the broker, in ms, by producer and true time. */
  readonly held?: (producer: string, broker: string, trueMs: number) => number;
  /** What stamps a producer's records, if not its clock. */
  readonly stamps?: { readonly [producer: string]: (trueMs: number, random: Random) => number };
}

export interface NtpOf {
  readonly everyMs: number;
  readonly errorMs: number;
  readonly servers?: readonly string[];
  /** By how much a server's answers are false. */
  readonly lieMs?: (server: string, trueMs: number) => number;
  /** Why no server answers at that time; undefined: they do. */
  readonly lost?: (trueMs: number) => string | undefined;
}

export const fleetStartMs = 1_790_000_000_000;
const usualNtp: NtpOf = { everyMs: 16_000, errorMs: 1.5 };

export interface Told {
  readonly receivedMs: number;
  readonly report: Report;
}

export function offsetIn(fleet: Fleet, host: string, trueMs: number): number {
  return fleet.clocks?.[host]?.(trueMs) ?? 0;
}

/** In the order in which they reach the collector, whose clock is right. */
export function tellFleet(fleet: Fleet): Told[] {
  const random = prng(fleet.seed);
  const cells = cellsOf(fleet, random);
  const readings = new Map(fleet.consumers.map((host) => [host, readingsOf(fleet, host, random)]));
  const told: Told[] = [];
  for (let second = 1; second <= fleet.seconds; second++) {
    const sentMs = second * 1000 + 100;
    for (const host of fleet.consumers) {
      const step = fleet.steps?.[host];
      const epoch = step !== undefined && sentMs >= step.atMs ? 1 : 0;
      const isNew = step !== undefined && step.atMs >= sentMs - 1000 && step.atMs < sentMs;
      const steps: ClockStep[] = isNew ? [{ atMs: shownAt(fleet, host, sentMs), byMs: step.byMs, epoch: 1 }] : [];
      told.push({
        receivedMs: fleetStartMs + sentMs,
        report: {
          version: 1,
          agent: { id: host, host, processId: 1, startedMs: fleetStartMs, version: '0', client: 'simulated' },
          sequence: second - 1,
          fromMs: shownAt(fleet, host, sentMs - 1000),
          toMs: shownAt(fleet, host, sentMs),
          tasks: [
            {
              id: `g/${host}`,
              group: 'g',
              member: host,
              policies: [{ id: 'p', window: { kind: 'tumbling', sizeMs: 60_000 }, graceMs: 5_000 }],
              assignments: [],
              fetches: [],
              cells: cells.get(`${host} ${second - 1}`) ?? [],
            },
          ],
          clock: {
            source: fleet.ntp?.(host)?.lost?.(sentMs) ?? 'SNTP time.example.org',
            readings: readings
              .get(host)!
              .filter(({ takenMs }) => takenMs >= sentMs - 1000 && takenMs < sentMs)
              .map(({ reading }) => reading),
            steps,
            epoch,
          },
          health: quietHealth,
        },
      });
    }
  }
  return told;
}

function shownAt(fleet: Fleet, host: string, trueMs: number): number {
  return Math.floor(fleetStartMs + trueMs + offsetIn(fleet, host, trueMs));
}

function readingsOf(fleet: Fleet, host: string, random: Random): { takenMs: number; reading: ClockReading }[] {
  const ntp = fleet.ntp === undefined ? usualNtp : fleet.ntp(host);
  if (ntp === undefined) return [];
  const step = fleet.steps?.[host];
  const taken = [];
  for (const server of ntp.servers ?? ['time.example.org']) {
    let atMs = 2_000 + random() * Math.min(8_000, ntp.everyMs);
    // An agent asks again as soon as its clock was set.
    const extra = step === undefined ? [] : [step.atMs + 2_000];
    const times = [...extra];
    for (; atMs < fleet.seconds * 1000; atMs += ntp.everyMs) times.push(atMs);
    for (const takenMs of times.sort((a, b) => a - b)) {
      if (ntp.lost?.(takenMs) !== undefined) continue;
      const truthMs = offsetIn(fleet, host, takenMs);
      const offsetMs = truthMs + (random() - 0.5) * 2 * ntp.errorMs + (ntp.lieMs?.(server, takenMs) ?? 0);
      const epoch = step !== undefined && takenMs >= step.atMs ? 1 : 0;
      const reading = { atMs: fleetStartMs + takenMs + truthMs, offsetMs, errorMs: ntp.errorMs, server, epoch };
      taken.push({ takenMs, reading });
    }
  }
  return taken.sort((a, b) => a.takenMs - b.takenMs);
}

interface Open {
  cell: Cell;
  smallest: { [name: string]: Pair };
  order: { steps: number; backwards: number; leastMs: number; mostMs: number };
}

/** By consumer and second of true time. */
function cellsOf(fleet: Fleet, random: Random): Map<string, Cell[]> {
  const network = networks[fleet.network ?? 'cloud'];
  const there = delays(random, network, fleet.seconds);
  const back = delays(random, networks.lan, fleet.seconds);
  const open = new Map<string, Map<string, Open>>();
  const lastCreateMs = new Map<string, number>();
  const batches = new Map<
    string,
    { readonly consumer: string; readonly closedMs: number; readonly appendedMs: number }
  >();
  for (const producer of fleet.producers) {
    const perSecond = fleet.perSecond ?? 5;
    for (let t = random() * 1000; t < fleet.seconds * 1000; t += (-Math.log(1 - random()) / perSecond) * 1000) {
      const broker = fleet.brokers[Math.floor(random() * fleet.brokers.length)]!;
      const batchOf = `${producer} ${broker}`;
      const startsBatch = !(t <= (batches.get(batchOf)?.closedMs ?? Number.NaN));
      if (startsBatch) {
        const consumer = fleet.consumers[Math.floor(random() * fleet.consumers.length)]!;
        const closedMs = t + (fleet.lingerMs ?? 0);
        const appendedMs = closedMs + there(t) + (fleet.held?.(producer, broker, t) ?? 0);
        batches.set(batchOf, { consumer, closedMs, appendedMs });
      }
      const { consumer, appendedMs } = batches.get(batchOf)!;
      const fetchedMs = appendedMs + back(appendedMs);
      const key = `${consumer} ${Math.floor(fetchedMs / 1000)}`;
      const cells = open.get(key) ?? new Map<string, Open>();
      open.set(key, cells);
      const lane = `${producer} ${broker} ${consumer}`;
      const stamp = fleet.stamps?.[producer];
      const askedMs = shownAt(fleet, consumer, appendedMs - random() * 500);
      const createMs = stamp === undefined ? shownAt(fleet, producer, t) : Math.floor(fleetStartMs + stamp(t, random));
      const appendMs = shownAt(fleet, broker, appendedMs);
      const fetchMs = shownAt(fleet, consumer, fetchedMs);
      const of = cells.get(lane) ?? openCell(fleet, { producer, broker, fetchMs });
      cells.set(lane, of);
      const stepMs = createMs - (lastCreateMs.get(lane) ?? Number.NaN);
      lastCreateMs.set(lane, createMs);
      addTo(of, { createMs, appendMs, askedMs, fetchMs, stepMs, startsBatch }, fleet.logAppendTime ?? true);
    }
  }
  return new Map([...open].map(([key, cells]) => [key, [...cells.values()].map(closed)]));
}

function openCell(
  fleet: Fleet,
  { producer, broker, fetchMs }: { producer: string; broker: string; fetchMs: number },
): Open {
  const point = { offset: 0, eventMs: fetchMs, append: {} };
  return {
    cell: {
      topic: 't',
      partition: fleet.brokers.indexOf(broker),
      source: { kind: 'named', name: producer },
      leader: fleet.brokers.indexOf(broker),
      secondMs: Math.floor(fetchMs / 1000) * 1000,
      count: 0,
      first: point,
      last: point,
      minEventMs: fetchMs,
      maxEventMs: fetchMs,
      outOfOrder: 0,
      outOfOrderMaxMs: 0,
    },
    smallest: {},
    order: { steps: 0, backwards: 0, leastMs: Number.POSITIVE_INFINITY, mostMs: Number.NEGATIVE_INFINITY },
  };
}

function addTo(
  of: Open,
  stamps: {
    createMs: number;
    appendMs: number;
    askedMs: number;
    fetchMs: number;
    stepMs: number;
    startsBatch: boolean;
  },
  logAppendTime: boolean,
): void {
  const { createMs, appendMs, askedMs, fetchMs, stepMs, startsBatch } = stamps;
  of.cell = { ...of.cell, count: of.cell.count + 1 };
  const keep = (name: string, fromMs: number, toMs: number): void => {
    const known = of.smallest[name];
    if (known === undefined || toMs - fromMs < known.toMs - known.fromMs) of.smallest[name] = { fromMs, toMs };
  };
  if (logAppendTime) {
    keep('createToAppend', createMs, appendMs);
    keep('appendToFetch', appendMs, fetchMs);
    const { brokerClock: known } = of.cell;
    const lowMs = Math.max(appendMs - fetchMs, known?.lowMs ?? Number.NEGATIVE_INFINITY);
    const highMs = Math.min(appendMs - askedMs, known?.highMs ?? Number.POSITIVE_INFINITY);
    of.cell = { ...of.cell, brokerClock: { lowMs, highMs } };
  }
  keep('createToFetch', createMs, fetchMs);
  if (startsBatch) keep('batchStartToFetch', createMs, fetchMs);
  if (Number.isNaN(stepMs)) return;
  of.order.steps += 1;
  if (stepMs < 0) of.order.backwards += 1;
  of.order.leastMs = Math.min(of.order.leastMs, stepMs);
  of.order.mostMs = Math.max(of.order.mostMs, stepMs);
}

function closed({ cell, smallest, order }: Open): Cell {
  return { ...cell, ...smallest, ...(order.steps === 0 ? {} : { createOrder: order }) };
}
