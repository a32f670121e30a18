import { assessLimits } from './assessment.ts';
import { historyMs } from './seconds.ts';
import type { State } from './state.ts';

/** Lets go of agents that have not reported for as long as the history goes back, of their tasks, and of hosts without any. */
export function forgetSilent(state: State, nowMs: number): void {
  for (const [id, agent] of state.agents) {
    if (nowMs - agent.lastReportMs <= historyMs && state.agents.size <= assessLimits.maxAgents) continue;
    state.agents.delete(id);
    for (const [key, task] of state.tasks) {
      if (task.agentId === id) state.tasks.delete(key);
    }
  }
  if (state.hosts.size <= state.agents.size) return;
  const hosts = new Set([...state.agents.values()].map((agent) => agent.identity.host));
  for (const host of state.hosts.keys()) {
    if (!hosts.has(host)) state.hosts.delete(host);
  }
}
