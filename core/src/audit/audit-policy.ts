import type { PolicySpec } from '../dialects/policy-spec.ts';
import type { TopicPartition } from '../report.ts';

/**
 * What shares one stream time. `partition`: the partitions of one number, of whichever topic, as Kafka Streams has it.
 * `all`: everything that is audited, as behind a repartition topic and in a consumer that is alone in its group.
 */
export type TaskSharing = 'partition' | 'all';

export interface AuditPolicy {
  readonly name: string;
  readonly spec: PolicySpec;
  readonly tasks: TaskSharing;
  /** Of Kafka Streams: when results go out. */
  readonly emit: 'onWindowUpdate' | 'onWindowClose';
  /** Undefined: none was set, so none can be missed. */
  readonly objective: Objective | undefined;
}

/** What the owner of a policy is content with. Shares are of 1. */
export interface Objective {
  readonly maxDropped?: Amount;
  readonly maxWindowsTouched?: Amount;
  /** Of any window: what it lost, by what it should hold. */
  readonly maxWindowError?: number;
}

export type Amount =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly share: number };

/** How tasks come about where nobody says. */
export function usualSharing({ engine }: PolicySpec): TaskSharing {
  return engine === 'kafka-streams' ? 'partition' : 'all';
}

export function taskKeyOf(tasks: TaskSharing, { partition }: TopicPartition): string {
  return tasks === 'all' ? 'all' : String(partition);
}

/** How long a window of this policy still takes records after its end: what the curve is drawn over. */
export function slackMsOf(spec: PolicySpec): number {
  switch (spec.engine) {
    case 'kafka-streams':
      return spec.graceMs;
    case 'flink':
    case 'beam':
      return spec.outOfOrdernessMs + spec.allowedLatenessMs;
    case 'plain':
      return spec.late.kind === 'drop' ? 0 : spec.late.ms;
  }
}

/** The same policy with another slack: where there are two lengths, the one that keeps a window open takes it. */
export function withSlack(spec: PolicySpec, slackMs: number): PolicySpec {
  switch (spec.engine) {
    case 'kafka-streams':
      return { ...spec, graceMs: slackMs, retentionMs: undefined };
    case 'flink':
    case 'beam':
      return {
        ...spec,
        outOfOrdernessMs: Math.min(spec.outOfOrdernessMs, slackMs),
        allowedLatenessMs: Math.max(0, slackMs - spec.outOfOrdernessMs),
      };
    case 'plain':
      return {
        ...spec,
        late: slackMs === 0 ? { kind: 'drop' } : { kind: spec.late.kind === 'wait' ? 'wait' : 'grace', ms: slackMs },
      };
  }
}
