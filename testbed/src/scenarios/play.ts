import {
  type AgentIdentity,
  type Assessment,
  assess,
  assign,
  type ClockReading,
  createObservation,
  createState,
  firstAssessment,
  flag,
  ingest,
  isNewsDue,
  isTickDue,
  type Lane,
  type LateRow,
  laneOf,
  lookForNewsEveryMs,
  type Observation,
  observe,
  observeFetch,
  openTask,
  type PartitionState,
  type Policy,
  partitionOf,
  type RecordSeen,
  type Source,
  type State,
  type TaskState,
  takeReport,
} from '@tidemark/core';
import { type Header, type Line, partitionId, type Trace } from './trace.ts';

/** Plays a trace through the real path: an agent per task, a report each second of its clock, a tick each second. */
export interface Played {
  readonly header: Header;
  readonly state: State;
  /** Every record that was late, with the row it went into: the row's verdict may be revised until the end. */
  readonly late: readonly LateRecord[];
  readonly dropped: readonly number[];
  readonly last: Assessment;
  readonly ticks: number;
}

export interface LateRecord {
  readonly index: number;
  row: LateRow | undefined;
}

interface Player {
  readonly number: number;
  readonly observation: Observation;
  readonly task: TaskState;
  readonly lanes: Map<string, Lane>;
  readonly partitions: Map<number, PartitionState>;
  readings: ClockReading[];
  offsetMs: number;
  reportAtMs: number;
  /** Late records whose cell has not been reported yet, by cell. */
  readonly unsaid: Map<string, LateRecord[]>;
}

const everyMs = 1000;
/** The collector ticks this long after the second: what agents sent at its end is in, though their clocks differ a little. */
const tickAfterMs = 20;
const restRounds = 6;
/** So long a report is on its way to the collector, which looks at once what is in it. */
const transitMs = tickAfterMs;

/** `isLost`: whether the report that a task's agent makes at a true time, in ms since the trace's epoch, never arrives. */
export function play(
  trace: Trace,
  onTick: (assessment: Assessment, state: State) => void,
  isLost: (task: number, atMs: number) => boolean = () => false,
): Played {
  const { header, lines } = trace;
  const policy: Policy = {
    id: 'declared',
    window: { kind: 'tumbling', sizeMs: header.policy.windowMs },
    graceMs: header.policy.graceMs,
  };
  const players = new Map(header.tasks.map((task) => [task.id, createPlayer(task.id, policy)]));
  const state = createState();
  const scratch = {} as RecordSeen;
  const late: LateRecord[] = [];
  const dropped: number[] = [];
  let assessment = firstAssessment(header.epochMs);
  let tickAtMs = header.epochMs + tickAfterMs;
  let lookAtMs = header.epochMs;
  let arrivesMs = Number.POSITIVE_INFINITY;
  let index = 0;
  let ticks = 0;
  for (const line of lines) {
    const player = players.get(line[0] === 'f' ? line[3] : line[2])!;
    const atMs = header.epochMs + line[1];
    passTime(atMs - player.offsetMs);
    take(player, line, header);
    if (line[0] === 'r') hear(player, line);
  }
  for (const player of players.values()) report(player, Math.max(player.reportAtMs, tickAtMs + player.offsetMs), true);
  tick(tickAtMs);
  return { header, state, late, dropped, last: assessment, ticks };

  /** Agents and the collector have timers: they report and tick also while nothing is read. */
  function passTime(untilMs: number): void {
    // A clock that was set back takes the timers with it.
    if (untilMs < tickAtMs - 2 * everyMs) {
      tickAtMs = secondOf(untilMs) + tickAfterMs;
      lookAtMs = untilMs;
      arrivesMs = Number.POSITIVE_INFINITY;
    }
    lookForNews(Math.min(untilMs, tickAtMs));
    for (let round = 0; tickAtMs <= untilMs; round++) {
      // Nothing new can come in a long pause: only its first and last moments are played.
      if (round === restRounds) tickAtMs = Math.max(tickAtMs, secondOf(untilMs) - everyMs + tickAfterMs);
      for (const player of players.values()) {
        const agentMs = tickAtMs + player.offsetMs;
        if (agentMs >= player.reportAtMs || agentMs < player.reportAtMs - 2 * everyMs) report(player, agentMs);
      }
      tick(tickAtMs);
      tickAtMs += everyMs;
      lookForNews(Math.min(untilMs, tickAtMs));
    }
  }

  /** Agents report, and the collector judges, out of turn when something has happened. */
  function lookForNews(untilMs: number): void {
    for (let atMs = Math.min(lookAtMs, arrivesMs); atMs <= untilMs; atMs = Math.min(lookAtMs, arrivesMs)) {
      if (isTickDue(state, atMs)) tick(atMs);
      if (atMs === arrivesMs) arrivesMs = Number.POSITIVE_INFINITY;
      if (atMs < lookAtMs) continue;
      for (const player of players.values()) {
        const agentMs = atMs + player.offsetMs;
        if (!isNewsDue(player.observation, agentMs)) continue;
        report(player, agentMs);
        arrivesMs = atMs + transitMs;
      }
      lookAtMs += lookForNewsEveryMs;
    }
  }

  function tick(nowMs: number): void {
    assessment = assess(assessment, state, nowMs);
    ticks++;
    onTick(assessment, state);
  }

  function hear(player: Player, line: Line & readonly ['r', ...unknown[]]): void {
    const [, p, , partition, offset, , e, b, , pid, seq] = line;
    const source: Source =
      pid === -1 ? partitionSource(header, partition) : { kind: 'producer', producerId: String(pid) };
    const key = `${partition}/${pid}`;
    let lane = player.lanes.get(key);
    if (lane === undefined) {
      lane = laneOf(place(player, header, partition), source);
      if (pid !== -1) lane.firstSequence = seq;
      player.lanes.set(key, lane);
    }
    scratch.lane = lane;
    scratch.offset = offset;
    scratch.eventMs = header.epochMs + e;
    scratch.createMs = header.epochMs + e;
    scratch.appendMs = b === null ? Number.NaN : header.epochMs + b;
    scratch.processedMs = header.epochMs + p;
    const flags = observe(player.task, scratch);
    if (flags & flag.late) {
      const record: LateRecord = { index, row: undefined };
      const cell = `${key}/${player.task.secondMs}`;
      const before = player.unsaid.get(cell);
      if (before === undefined) player.unsaid.set(cell, [record]);
      else before.push(record);
      late.push(record);
    }
    if (flags & flag.dropped) dropped.push(index);
    index++;
  }

  function report(player: Player, atMs: number, final = false): void {
    const before = state.lateRows.length;
    const sent = takeReport(
      player.observation,
      atMs,
      {
        clock: { source: 'NTP', readings: player.readings, steps: [] },
        health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
      },
      final,
    );
    player.readings = [];
    player.reportAtMs = secondOf(atMs) + everyMs;
    if (isLost(player.number, atMs - player.offsetMs - header.epochMs)) return;
    ingest(state, sent, atMs - player.offsetMs);
    for (const row of state.lateRows.slice(before)) {
      const { source } = row.lane;
      const pid = source.kind === 'producer' ? source.producerId : '-1';
      const cell = `${partitionId(header, row.cell)}/${pid}/${row.cell.secondMs}`;
      for (const record of player.unsaid.get(cell) ?? []) record.row = row;
      player.unsaid.delete(cell);
    }
  }
}

function secondOf(atMs: number): number {
  return Math.floor(atMs / everyMs) * everyMs;
}

function createPlayer(number: number, policy: Policy): Player {
  const agent: AgentIdentity = {
    id: `agent-${number}`,
    host: `host-${number}`,
    processId: number,
    startedMs: 0,
    version: '0',
    client: 'trace',
  };
  const observation = createObservation(agent);
  const task = openTask(observation, { group: 'group', member: String(number), policies: [policy] });
  return {
    number,
    observation,
    task,
    lanes: new Map(),
    partitions: new Map(),
    readings: [],
    offsetMs: 0,
    reportAtMs: Number.NEGATIVE_INFINITY,
    unsaid: new Map(),
  };
}

function partitionSource(header: Header, partition: number): Source {
  const { topic, number } = header.partitions[partition]!;
  return { kind: 'partition', topic: header.topics[topic]!.name, partition: number };
}

function place(player: Player, header: Header, partition: number): PartitionState {
  const known = player.partitions.get(partition);
  if (known !== undefined) return known;
  const { topic, number } = header.partitions[partition]!;
  const created = partitionOf(player.task, header.topics[topic]!.name, number);
  player.partitions.set(partition, created);
  return created;
}

/** Everything but records. */
function take(player: Player, line: Line, header: Header): void {
  if (line[0] === 'n') {
    const [, t, , offsetUs, errorUs] = line;
    player.offsetMs = offsetUs / 1000;
    player.readings.push({
      atMs: header.epochMs + t,
      offsetMs: offsetUs / 1000,
      errorMs: errorUs / 1000,
      server: 'ntp',
      epoch: 0,
    });
  } else if (line[0] === 'a') {
    const partitions = line[3].map((id) => {
      const { topic, number } = header.partitions[id]!;
      return { topic: header.topics[topic]!.name, partition: number };
    });
    assign(player.task, partitions, header.epochMs + line[1]);
  } else if (line[0] === 'f') {
    const [, c, q, , answers] = line;
    for (const [partition, highWaterOffset, first, count] of answers) {
      observeFetch(place(player, header, partition), {
        askedMs: header.epochMs + q,
        answeredMs: header.epochMs + c,
        highWaterOffset: highWaterOffset === -1 ? undefined : highWaterOffset,
        lastOffset: count === 0 ? undefined : first + count - 1,
        leader: header.partitions[partition]!.broker,
      });
    }
  }
}
