export { assess, firstAssessment } from './assess/assess.ts';
export type * from './assess/assessment.ts';
export { assessLimits, sourceStates } from './assess/assessment.ts';
export type * from './assess/forecast.ts';
export type { GroupAssessment } from './assess/group-stream-time.ts';
export { type HeldUp, type ProducerState, producerStates } from './assess/producer-state.ts';
export { producersOf } from './assess/producers-shown.ts';
export type { Suspicion } from './assess/suspicion.ts';
export * as audit from './audit/index.ts';
export * from './clock/index.ts';
export type * from './clocks/known-clock.ts';
export * as dialects from './dialects/index.ts';
export * from './findings/finding.ts';
export type { ArrivalModel } from './habits/arrival-model.ts';
export * from './incidents/incident.ts';
export { type Remedy, remediesOf } from './incidents/remedy.ts';
export { toldInIncidents } from './incidents/told-producers.ts';
export { ingest, isDuplicate } from './ingest/ingest.ts';
export { type DropsByGroup, dropsOf } from './ingest/known-drops.ts';
export { lagsOf, type PartitionLag } from './ingest/partition-lag.ts';
export { seriesBetween } from './ingest/series.ts';
export { createState, type LateRow, type State } from './ingest/state.ts';
export type { ProducerProof, Told } from './ingest/told.ts';
export * from './interval.ts';
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
} from './observe/observation.ts';
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
} from './observe/observe.ts';
export { createProduced, noteProduced, type Produced } from './observe/produced.ts';
export {
  acknowledge,
  beginRequest,
  failConnection,
  failRequest,
  handOver,
  noteAnswered,
  noteWritten,
  type Producing,
  type Request,
  type Send,
  settleSend,
} from './observe/producing.ts';
export { takeReport } from './observe/take-report.ts';
export { addRange, type OffsetRange } from './offset-ranges.ts';
export * from './policy.ts';
export * from './producer-report.ts';
export * from './report.ts';
export { lagMetrics, type Metric, metrics, producerMetrics, type Row } from './samples.ts';
export * from './schedule/index.ts';
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
export { arrivalWords } from './telling/arrival-words.ts';
export { driftWords, offsetWords, readingWords } from './telling/clock-words.ts';
export { type Colours, darkColours, lightColours } from './telling/colours.ts';
export type { Fact, FactPart } from './telling/evidence-facts.ts';
export { forecastLines } from './telling/forecast-lines.ts';
export * from './telling/format.ts';
export { heldBySentence } from './telling/held-by.ts';
export { incidentFacts } from './telling/incident-facts.ts';
export { costOf, lengthMs, mostDropped, spanLabel, titleOf, wordsOf } from './telling/incident-words.ts';
export { producerCounts, producerName, producerStateWords } from './telling/producer-words.ts';
export { remedyLines } from './telling/remedy-lines.ts';
export { shownUrl } from './telling/shown-url.ts';
export { leadBoundWords, leadWords, trueTimeWords } from './telling/stream-time-words.ts';
export { toldNote } from './telling/told-words.ts';
export { verdictWords } from './telling/verdict-words.ts';
export * from './topology/topology.ts';
