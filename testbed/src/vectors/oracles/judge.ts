import type { Mismatch } from '../mismatch.ts';
import { judgeBeam } from './beam.ts';
import { judgeFlinkWindow } from './flink.ts';
import { judgeFlinkMultiplexer, judgeFlinkTwoInput, judgeFlinkValve } from './flink-combine.ts';
import { judgeKafkaBroker } from './kafka-broker.ts';
import { judgeKafkaStreamsWindow } from './kafka-streams.ts';
import { judgeKafkaStreamsTask } from './kafka-task.ts';
import { InputFault } from './read.ts';
import { judgeSamza } from './samza.ts';

type Judge = (content: Record<string, unknown>) => Mismatch[];

const judges: Readonly<Record<string, Judge>> = {
  'kafka-streams window': judgeKafkaStreamsWindow,
  'kafka-streams task': judgeKafkaStreamsTask,
  'kafka-broker broker': judgeKafkaBroker,
  'flink window': judgeFlinkWindow,
  'flink valve': judgeFlinkValve,
  'flink multiplexer': judgeFlinkMultiplexer,
  'flink twoInput': judgeFlinkTwoInput,
  'beam window': judgeBeam,
  'samza chooser': judgeSamza,
};

/** Runs an oracle file's spec and trace through the dialects and compares with what the engine did. */
export function judgeOracle(content: Record<string, unknown>): Mismatch[] {
  const judge = judges[`${content.engine} ${content.kind}`];
  if (judge === undefined) {
    return [
      { where: 'kind', want: `one of ${Object.keys(judges).join(', ')}`, got: `${content.engine} ${content.kind}` },
    ];
  }
  try {
    return judge(content);
  } catch (error) {
    if (error instanceof InputFault) return [{ where: error.where, want: error.want, got: error.got }];
    throw error;
  }
}
