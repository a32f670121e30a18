export type { ArrivalModel } from './arrival-model.ts';
export { assess, firstAssessment } from './assess.ts';
export type * from './assessment.ts';
export { assessLimits, sourceStates } from './assessment.ts';
export * as audit from './audit/index.ts';
export * from './clock/index.ts';
export type * from './clocks/known-clock.ts';
export * as dialects from './dialects/index.ts';
export * from './finding.ts';

export * from './findings/finding.ts';
export type * from './forecast.ts';
export type { GroupAssessment } from './group-stream-time.ts';
export { ingest, isDuplicate } from './ingest.ts';
export * from './interval.ts';
export { type DropsByGroup, dropsOf } from './known-drops.ts';
export { isNewsDue, isTickDue, lookForNewsEveryMs } from './news.ts';
export {
  assign,
  closeTask,
  createObservation,
  type Lane,
  laneOf,
  loseProducer,
  type Observation,
  openProducer,
  openTask,
  type PartitionState,
  partitionOf,
  type TaskState,
} from './observation.ts';
export {
  type FetchSeen,
  flag,
  observe,
  observeFetch,
  observeFetchError,
  observePosition,
  observeSeek,
  type RecordSeen,
  setPaused,
} from './observe.ts';
export { addRange, type OffsetRange } from './offset-ranges.ts';
export { lagsOf, type PartitionLag } from './partition-lag.ts';
export * from './policy.ts';
export { createProduced, noteProduced, type Produced } from './produced.ts';
export * from './producer-report.ts';
export {
  acknowledge,
  beginRequest,
  failConnection,
  failRequest,
  handOver,
  noteConnected,
  noteWritten,
  type Producing,
  type Request,
  type Send,
  settleSend,
} from './producing.ts';
export { type Remedy, remediesOf } from './remedy.ts';
export * from './report.ts';
export { lagMetrics, type Metric, metrics, type Row } from './samples.ts';
export * from './schedule/index.ts';
export { seriesBetween } from './series.ts';
export {
  addToSketch,
  createSketch,
  mergeSketch,
  quantile,
  relativeError,
  type Sketch,
  type SketchSide,
} from './sketch.ts';
export * from './source.ts';
export { createState, type LateRow, type State } from './state.ts';
export type { Suspicion } from './suspicion.ts';
export { takeReport } from './take-report.ts';
export { arrivalWords } from './telling/arrival-words.ts';
export { type Colours, darkColours, lightColours } from './telling/colours.ts';
export type { Fact, FactPart } from './telling/evidence-facts.ts';
export { forecastLines } from './telling/forecast-lines.ts';
export * from './telling/format.ts';
export { heldBySentence } from './telling/held-by.ts';
export { incidentFacts } from './telling/incident-facts.ts';
export { costOf, lengthMs, mostDropped, spanLabel, titleOf, wordsOf } from './telling/incident-words.ts';
export { remedyLines } from './telling/remedy-lines.ts';
export { toldNote } from './telling/told-words.ts';
export type { ProducerProof, Told } from './told.ts';
export * from './topology/topology.ts';
