export type { ApiError, ApiSchema, App } from './api.ts';
export type { HelloEvent, TickEvent } from './board.ts';
export { collectorVersion } from './collector.ts';
export { type CheckedReport, checkReport, type ReportFault } from './report-schema.ts';
export type { Serving } from './server.ts';
export { startCollector } from './start.ts';
