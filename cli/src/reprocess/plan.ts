import type { audit, dialects } from '@tidemark/core';

/** The five steps of a reprocessing, with their numbers. */
export interface ReprocessPlan {
  readonly tidemark: 'reprocess/1';
  readonly group: GroupFacts;
  readonly sinceMs: number;
  /** From which event time on everything must be read again, so that the windows at `sinceMs` are whole. */
  readonly startMs: number;
  readonly leadMs: number;
  readonly partitions: readonly PartitionPlan[];
  readonly internalTopics: readonly string[];
  readonly commands: readonly string[];
  readonly volume: { readonly records: number; readonly bytes: number };
  readonly time: TimePlan;
  readonly impact: readonly audit.Impact[];
  readonly notes: readonly string[];
}

export interface GroupFacts {
  readonly id: string;
  readonly state: string;
  readonly members: number;
  readonly isStreams: boolean;
}

export interface PartitionPlan {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number | undefined;
  readonly startOffset: number;
  readonly endOffset: number;
  /** Offsets at the start that retention has taken. */
  readonly isCut: boolean;
}

export interface TimePlan {
  /** Records a second that the group can process, and where that is from. */
  readonly throughput: number | undefined;
  readonly basis: string;
  readonly arrival: number;
  /** Undefined: never, or not known. */
  readonly catchUpMs: number | undefined;
  readonly sentence: string;
}

/** How far before `sinceMs` reading must start: a window that is open then, and how late its records may come. */
export function leadMsOf(spec: dialects.PolicySpec, slackMs: number): number {
  const { window } = spec;
  switch (window.kind) {
    case 'tumbling':
    case 'hopping':
      return window.sizeMs + slackMs;
    case 'sliding':
      return 2 * window.differenceMs + slackMs;
    case 'session':
      return window.gapMs + slackMs;
  }
}

/** When it catches up with what keeps arriving: `backlog / (throughput - arrival)`. */
export function timeOf(
  backlog: number,
  {
    throughput,
    basis,
    arrival,
  }: { readonly throughput: number | undefined; readonly basis: string; readonly arrival: number },
): Omit<TimePlan, 'sentence'> {
  const spare = throughput === undefined ? Number.NaN : throughput - arrival;
  const catchUpMs = backlog === 0 ? 0 : spare > 0 ? (backlog / spare) * 1_000 : undefined;
  return { throughput, basis, arrival, catchUpMs };
}

/** The commands, in the order in which they are to be given; nothing here runs them. */
export function commandsOf(
  { id, isStreams }: GroupFacts,
  {
    bootstrap,
    partitions,
    startMs,
  }: { readonly bootstrap: string; readonly partitions: readonly PartitionPlan[]; readonly startMs: number },
): string[] {
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  if (isStreams) {
    const at = new Date(startMs).toISOString().replace('Z', '');
    const reset = `kafka-streams-application-reset.sh --bootstrap-server ${bootstrap} --application-id ${id} --input-topics ${topics.join(',')} --to-datetime ${at}`;
    return [
      `${reset} --dry-run`,
      reset,
      '# on every instance, before it starts again: KafkaStreams#cleanUp(), or remove its state.dir; else old windows are counted on',
    ];
  }
  const reset = (topic: string): string[] =>
    partitions
      .filter((one) => one.topic === topic)
      .map(
        ({ partition, startOffset }) =>
          `kafka-consumer-groups.sh --bootstrap-server ${bootstrap} --group ${id} --topic ${topic}:${partition} --reset-offsets --to-offset ${startOffset}`,
      );
  const all = topics.flatMap(reset);
  return [...all.map((command) => `${command} --dry-run`), ...all.map((command) => `${command} --execute`)];
}
