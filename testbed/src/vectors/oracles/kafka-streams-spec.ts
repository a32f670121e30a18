import { dialects } from '@tidemark/core';
import { InputFault, integer, noOther, oneOf, optionalInteger, texts } from './read.ts';
import { readWindow } from './window-spec.ts';

export interface KafkaStreamsSpec {
  readonly window: dialects.WindowShape;
  readonly graceMs: number;
  readonly retentionMs: number | undefined;
  readonly extractor: dialects.kafkaStreams.TimestampExtractor;
  readonly filteredKeys: ReadonlySet<string>;
}

const known = ['window', 'graceMs', 'graceApi', 'tasks', 'retentionMs', 'timestampExtractor', 'filterOutKeys'];

/** The part of a spec that says what the application does; `others` are the fields that the caller reads itself. */
export function readKafkaStreamsSpec(spec: Record<string, unknown>, others: readonly string[]): KafkaStreamsSpec {
  noOther(spec, 'spec', [...known, ...others]);
  const graceMs = integer(spec.graceMs, 'spec.graceMs');
  const api = oneOf(spec.graceApi, 'spec.graceApi', ['and', 'none']);
  if (api === 'none' && graceMs !== 0) throw new InputFault('spec.graceMs', '0, since the API has no grace', graceMs);
  const window = readWindow(spec.window);
  const retentionMs = optionalInteger(spec.retentionMs, 'spec.retentionMs');
  const faults = dialects.kafkaStreams.windowFaults({ window, graceMs, retentionMs });
  if (faults[0]) throw new InputFault(`spec.${faults[0].path}`, faults[0].expected, faults[0].got);
  return {
    window,
    graceMs,
    retentionMs,
    extractor: oneOf(
      spec.timestampExtractor ?? 'FailOnInvalidTimestamp',
      'spec.timestampExtractor',
      dialects.kafkaStreams.timestampExtractors,
    ),
    filteredKeys: new Set(spec.filterOutKeys === undefined ? [] : texts(spec.filterOutKeys, 'spec.filterOutKeys')),
  };
}
