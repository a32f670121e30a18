import { assessLimits } from '../assess/assessment.ts';
import { leaveParts } from '../assess/part.ts';
import { forgetSuspicion } from '../assess/watch.ts';
import { forgetDays } from '../habits/rhythms.ts';
import { historyMs } from '../seconds.ts';
import { forgetProducers } from './producers.ts';
import type { LaneFold, State, TaskFold } from './state.ts';
import { forgetSuccession } from './succession.ts';

/** A source that nobody heard of for so long has come to its end: a restarted producer has another id. */
const laneKeptMs = 86_400_000;

/** Lets go of agents that have not reported for as long as the history goes back, of their tasks, and of hosts without any. */
export function forgetSilent(state: State, nowMs: number): void {
  for (const [id, agent] of state.agents) {
    if (nowMs - agent.lastReportMs <= historyMs && state.agents.size <= assessLimits.maxAgents) continue;
    state.agents.delete(id);
    rememberSequence(state, id, agent.lastSequence);
    for (const [key, task] of state.tasks) {
      if (task.agentId === id) forgetTask(state, key, task, nowMs);
    }
  }
  forgetProducers(state, nowMs);
  for (const task of state.tasks.values()) {
    for (const lane of task.lanes.values()) {
      if (task.reportedMs - lane.lastSecondMs > laneKeptMs) forgetLane(state, task, lane, nowMs);
    }
  }
  forgetDays(state, nowMs);
  if (state.hosts.size <= state.agents.size) return;
  const hosts = new Set([...state.agents.values()].map((agent) => agent.identity.host));
  for (const host of state.hosts.keys()) {
    if (!hosts.has(host)) state.hosts.delete(host);
  }
}

/** It may still hold a report that we have counted without its knowing, and send it when it finds us again. */
function rememberSequence({ lastSequences }: State, id: string, lastSequence: number): void {
  lastSequences.delete(id);
  lastSequences.set(id, lastSequence);
  const [oldest] = lastSequences.keys();
  if (lastSequences.size > assessLimits.maxForgottenAgents) lastSequences.delete(oldest!);
}

function forgetTask(state: State, key: string, task: TaskFold, nowMs: number): void {
  state.tasks.delete(key);
  for (const lane of task.lanes.values()) forgetLane(state, task, lane, nowMs);
  if ([...state.tasks.values()].some((other) => other.group === task.group)) return;
  for (const [place, partition] of state.partitions) {
    if (partition.group === task.group) state.partitions.delete(place);
  }
}

function forgetLane(state: State, task: TaskFold, lane: LaneFold, nowMs: number): void {
  const { of } = lane;
  task.lanes.delete(lane.key);
  of.lanes.splice(of.lanes.indexOf(lane), 1);
  of.holds.splice(0, of.holds.length, ...of.holds.filter((held) => held.lane !== lane));
  if (of.lanes.length > 0) {
    leaveParts(of, lane);
    return;
  }
  forgetSuspicion(state, of, nowMs);
  forgetSuccession(state, of);
  state.sources.delete(of.key);
}
