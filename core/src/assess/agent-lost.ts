import type { State } from '../ingest/state.ts';
import { assessLimits } from './assessment.ts';

/** Not heard of for `assessLimits.agentLostMs`, or forgotten. */
export function isAgentLost({ agents }: State, agentId: string, nowMs: number): boolean {
  const agent = agents.get(agentId);
  return agent === undefined || nowMs - agent.lastReportMs > assessLimits.agentLostMs;
}
