import type { AgentHealth } from '../src/report.ts';

/** Of an agent that has lost nothing and has no errors. */
export const quietHealth: AgentHealth = {
  queuedReports: 0,
  droppedReports: 0,
  records: 0,
  redelivered: 0,
  unreadable: {},
  overflow: {},
  errors: 0,
};
