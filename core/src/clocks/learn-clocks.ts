/** What a report says of clocks: readings and steps of its own host, and the stamps that its cells carry. */
import type { Cell, ClockReading, Report, TaskReport } from '../report.ts';
import { type Source, sourceKey, sourceName } from '../source.ts';
import { learnChannel } from './channels.ts';
import { type ClockFold, type ClockNode, clockLimits, clockNode, sawStamp } from './clock-fold.ts';
import { beginAnew, forgetClock } from './forget-clock.ts';
import { keepPair } from './pairs.ts';
import { noteHostStep } from './steps-seen.ts';

/** Where the stamps of a task's cells were taken. */
export interface CellOrigin {
  readonly host: ClockNode | undefined;
  /** Of that host's clock, as far as known. */
  readonly offsetMs: number;
  /** When the report was made, by the agent's host's clock, and when it came in, by the collector's. */
  readonly toMs: number;
  readonly receivedMs: number;
  /** The host on which the producer of a cell runs, where its own agent tells. */
  readonly writerHost?: (cell: Cell) => string | undefined;
}

/** A cell that was begun before its clock was set back comes out when the next record does: soon, or not at all. */
const lingerMs = 10_000;

export function learnHostReadings(fold: ClockFold, report: Report, receivedMs: number): ClockNode | undefined {
  const { host } = report.agent;
  if (!fold.clocks.has(hostId(host))) forgetNamesake(fold, host);
  const node = clockNode(fold, { id: hostId(host), name: host, role: 'host', cluster: undefined }, receivedMs);
  if (node === undefined) return undefined;
  const { clock, toMs } = report;
  node.source = clock.source;
  node.sources = clock.sources ?? [];
  const epoch = Math.max(
    0,
    clock.epoch ?? 0,
    ...clock.steps.map((step) => step.epoch),
    ...clock.readings.map((reading) => reading.epoch),
  );
  const { id } = report.agent;
  const before = node.agentEpochs.get(id);
  node.agentEpochs.delete(id);
  node.agentEpochs.set(id, Math.max(epoch, before ?? 0));
  if (node.agentEpochs.size > clockLimits.maxAgentsPerHost)
    node.agentEpochs.delete(node.agentEpochs.keys().next().value!);
  if (before !== undefined && epoch > before) {
    // Cells from before may still come: they end after this report was made, or soon after the last stamp that was seen.
    node.epochSinceMs = Math.max(toMs, Math.min(toMs + lingerMs, node.lastMs + 1000));
    node.epoch += 1;
    node.readings.length = 0;
    node.steadySinceMs = receivedMs;
  }
  sawStamp(node, toMs, receivedMs);
  for (const step of clock.steps) noteHostStep(fold, node, step, receivedMs);
  for (const reading of clock.readings) keepReading(node, reading, reading.epoch === node.agentEpochs.get(id));
  return node;
}

function keepReading(node: ClockNode, reading: ClockReading, isOfNow: boolean): void {
  const { atMs, offsetMs, errorMs, server } = reading;
  node.readAtMs.delete(server);
  if (node.readAtMs.size < clockLimits.maxReadings) node.readAtMs.set(server, atMs);
  if (!isOfNow) return;
  node.readings.push({
    host: node.id,
    epoch: node.epoch,
    atMs,
    offset: { lowMs: offsetMs - errorMs, highMs: offsetMs + errorMs },
    server: isLocal(server) ? `${server} of ${node.name}` : server,
  });
  if (node.readings.length > clockLimits.maxReadings) node.readings.shift();
}

/** A daemon on the host itself bears the same name everywhere and is another one on each host. */
function isLocal(server: string): boolean {
  return /^(chrony\b|ClockBound\b|localhost\b|127\.|\[?::1)/.test(server);
}

export function learnClockStamps(fold: ClockFold, { cluster, cells }: TaskReport, origin: CellOrigin): void {
  const { host } = origin;
  if (host !== undefined) for (const cell of cells) learnCell(fold, cluster, cell, { ...origin, host });
}

function learnCell(
  fold: ClockFold,
  cluster: string | undefined,
  cell: Cell,
  origin: CellOrigin & { readonly host: ClockNode },
): void {
  const { host, receivedMs } = origin;
  const at = { trueSecondMs: cell.secondMs - origin.offsetMs, receivedMs };
  const isStamped = cell.appendToFetch !== undefined || cell.createToAppend !== undefined;
  const leader =
    isStamped && cell.leader !== undefined ? brokerNode(fold, cluster, cell.leader, receivedMs) : undefined;
  // Its host's clock was set in this second, or a moment before: nobody can say which stamp is of which epoch.
  const isSure = cell.secondMs >= host.epochSinceMs && cell.secondMs <= origin.toMs;
  if (leader !== undefined) noteLeaderEpoch(fold, leader, cell, receivedMs);
  const hostAt = { id: host.id, epoch: host.epoch };
  const brokerAt = leader && { id: leader.id, epoch: 0 };
  const { appendToFetch, createToAppend, createToFetch, createOrder, brokerClock } = cell;

  if (leader !== undefined && brokerAt !== undefined && appendToFetch !== undefined) {
    sawStamp(leader, appendToFetch.fromMs, receivedMs);
    if (isSure) {
      keepPair(fold, { from: brokerAt, to: hostAt }, appendToFetch, receivedMs);
      learnChannel(fold, { from: brokerAt, to: hostAt, pair: appendToFetch }, at);
    }
    if (isSure && brokerClock !== undefined) {
      // Nothing was there yet when it was asked for, or not on all replicas: that lag is taken to be nothing.
      const asked = { fromMs: appendToFetch.fromMs - brokerClock.highMs, toMs: appendToFetch.fromMs };
      keepPair(fold, { from: hostAt, to: brokerAt, isAssumed: true }, asked, receivedMs);
    }
  }

  // Forwarded by the task that writes there: another clock's, or none's.
  if (cell.topic.endsWith('-repartition') || cell.source.kind === 'overflow') return;
  const producer = producerNode(fold, { cell, cluster, host: origin.writerHost?.(cell) }, receivedMs);
  if (producer === undefined) return;
  const from = { id: producer.id, epoch: producer.epoch };
  const records = { order: createOrder, count: cell.count };
  if (createToAppend !== undefined && brokerAt !== undefined) {
    if (!isOfEpoch(producer, createToAppend.fromMs)) return;
    sawStamp(producer, createToAppend.fromMs, receivedMs);
    keepPair(fold, { from, to: brokerAt }, createToAppend, receivedMs);
    learnChannel(fold, { from, to: brokerAt, pair: createToAppend, ...records }, at);
  } else if (createToFetch !== undefined && isSure && producer !== host) {
    if (!isOfEpoch(producer, createToFetch.fromMs)) return;
    sawStamp(producer, createToFetch.fromMs, receivedMs);
    keepPair(fold, { from, to: hostAt }, createToFetch, receivedMs);
    const { batchStartToFetch: batchStart } = cell;
    learnChannel(fold, { from, to: hostAt, pair: createToFetch, batchStart, ...records }, at);
  }
}

/** The same node leads again, in another epoch: it was started anew, maybe with another time. */
function noteLeaderEpoch(fold: ClockFold, leader: ClockNode, cell: Cell, receivedMs: number): void {
  if (cell.leaderEpoch === undefined) return;
  const key = `${leader.cluster}/${cell.topic}/${cell.partition}`;
  const known = fold.leaders.get(key);
  if (known === undefined && fold.leaders.size >= clockLimits.maxLeaders) return;
  if (known === undefined || cell.leaderEpoch > known.epoch) {
    // All partitions of a broker that comes back change within a moment.
    const isFirst = receivedMs - leader.steadySinceMs > restartMs;
    if (known?.id === leader.id && isFirst) beginAnew(fold, leader, receivedMs);
    fold.leaders.set(key, { id: leader.id, epoch: cell.leaderEpoch });
  }
}

const restartMs = 30_000;

function isOfEpoch(producer: ClockNode, createMs: number): boolean {
  return producer.role !== 'host' || createMs >= producer.epochSinceMs;
}

export function hostId(host: string): string {
  return `host ${host}`;
}

/** Seen as a source before it was known to be a host with an agent. */
function forgetNamesake(fold: ClockFold, host: string): void {
  for (const { id, role, name } of fold.clocks.values())
    if (role === 'producer' && name === host) forgetClock(fold, id);
}

function brokerNode(fold: ClockFold, cluster = '', leader: number, receivedMs: number): ClockNode | undefined {
  const name = cluster === '' ? `broker ${leader}` : `broker ${leader} of ${cluster}`;
  return clockNode(fold, { id: `broker ${cluster}/${leader}`, name, role: 'broker', cluster }, receivedMs);
}

/** A source that bears the name of a host with an agent reads that host's clock, as does one whose producer an agent there sees. */
function producerNode(
  fold: ClockFold,
  of: { readonly cell: Cell; readonly cluster: string | undefined; readonly host: string | undefined },
  receivedMs: number,
): ClockNode | undefined {
  const { cell, cluster = '' } = of;
  const { source } = cell;
  const name = source.kind === 'named' ? source.name : of.host;
  const host = name === undefined ? undefined : fold.clocks.get(hostId(name));
  const id = producerId(source, cluster);
  if (host !== undefined) {
    if (fold.clocks.has(id)) forgetClock(fold, id);
    return host;
  }
  return clockNode(fold, { id, name: sourceName(source), role: 'producer', cluster }, receivedMs);
}

function producerId(source: Source, cluster: string): string {
  return `producer ${cluster}/${sourceKey(source)}`;
}

/** How far the clock that a source reads is ahead at most; undefined: not known. */
export function mostAheadOf({ mostAheadMs }: ClockFold, source: Source, cluster = ''): number | undefined {
  const hostMs = source.kind === 'named' ? mostAheadMs.get(hostId(source.name)) : undefined;
  return hostMs ?? mostAheadMs.get(producerId(source, cluster));
}
