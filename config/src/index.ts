export type { Address } from './address.ts';
export {
  type AgentSettings,
  agentReference,
  agentVariables,
  type ChronyAddress,
  type EventTimeSetting,
  readAgentSettings,
  type SourceSetting,
  tumblingPolicy,
} from './agent.ts';
export {
  type AuditSettings,
  auditFlags,
  auditReference,
  type FieldNames,
  type HistorySetting,
  readAuditSettings,
  type TimeUnit,
  timeUnits,
} from './audit.ts';
export { type CaptureSettings, captureFlags, captureReference, readCaptureSettings } from './capture.ts';
export {
  type CollectorSettings,
  collectorFlags,
  collectorReference,
  collectorVariables,
  type LogLevel,
  logLevels,
  readCollectorSettings,
  type StoreSettings,
} from './collector.ts';
export type { SettingDescription } from './described.ts';
export { durationExpected, formatDurationMs, parseDurationMs } from './duration.ts';
export { type Environment, misspeltVariables, setVariables } from './environment.ts';
export { type Checked, type Fault, faultLine } from './faults.ts';
export { readFlags } from './flags.ts';
export {
  type FollowSettings,
  flagOf,
  followFlags,
  followReference,
  followVariables,
  readFollowSettings,
  type Sasl,
  type TaskSplit,
} from './follow.ts';
export type { HistoryPlace } from './history-place.ts';
export { type IncidentsSettings, incidentsReference, readIncidentsSettings } from './incidents.ts';
export { auditPolicy, policyFileReference, readPolicyFile } from './policy-file.ts';
export type { PolicySetting } from './policy-flags.ts';
export { type ReprocessSettings, readReprocessSettings, reprocessFlags, reprocessReference } from './reprocess.ts';
export { readStatusSettings, type StatusSettings, statusReference } from './status.ts';
export { readTopology, readTopologyFile, topologyReference } from './topology.ts';
