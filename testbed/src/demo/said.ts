import { type Assessment, type BoundedInstant, type Incident, isConfirmed, middleMs, sourceName } from '@tidemark/core';
import type { CollectorClient, DropsByGroup } from './collector-client.ts';
import type { Variant } from './plan.ts';
import { type OffsetSet, toOffsetSet } from './ranges.ts';
import type { Bounds, Said } from './side.ts';

/** All that Tidemark's API says of one consumer group. */
export interface Findings {
  readonly incidents: readonly Incident[];
  readonly drops: DropsByGroup[string] | undefined;
  readonly assessment: Assessment;
}

export async function readFindings(collector: CollectorClient, group: string): Promise<Findings> {
  const [incidents, drops, assessment] = await Promise.all([
    collector.incidents(group),
    collector.drops(),
    collector.assessment(),
  ]);
  return { incidents, drops: drops[group], assessment };
}

/** `nameOfB` is used for one question only: whether someone who did nothing is accused. */
export function whatItSays(findings: Findings, story: { variant: Variant; group: string; nameOfB: string }): Said {
  const incidents = findings.incidents.filter(isConfirmed);
  const cut = costliest(incidents.filter(({ kind }) => kind === 'producerCutOff'));
  const bounds = cut?.end && ([toBounds(cut.start), toBounds(cut.end)] as const);
  return {
    cut: cut?.end ? [middleMs(cut.start), middleMs(cut.end)] : null,
    cutBounds: bounds ?? null,
    source: accusedSource(findings, story),
    droppedOffsets: droppedOffsets(findings.drops),
    culprits: incidents
      .flatMap(({ culprit }) => (culprit ? [{ partition: culprit.partition, offset: culprit.offset }] : []))
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset),
    idleAccused: incidents.some(
      ({ kind, source }) => kind !== guilt[story.variant] || sourceName(source) !== story.nameOfB,
    ),
  };
}

/** What B may be accused of in each story. */
const guilt: { readonly [V in Variant]: Incident['kind'] | undefined } = {
  cut: 'producerCutOff',
  clock: 'clockAhead',
  idle: undefined,
  unordered: undefined,
};

/** Whom an incident accuses; in a story without one, whose records were late. Nobody when nobody's were. */
function accusedSource({ incidents, assessment }: Findings, story: { variant: Variant; group: string }): string | null {
  const accused = costliest(incidents.filter(isConfirmed));
  if (accused) return sourceName(accused.source);
  if (story.variant !== 'unordered') return null;
  const latest = assessment.tasks
    .filter(({ group }) => group === story.group)
    .flatMap(({ sources }) => sources)
    .filter(({ late }) => late > 0)
    .sort((a, b) => b.late - a.late)[0];
  return latest ? sourceName(latest.source) : null;
}

function costliest(incidents: readonly Incident[]): Incident | undefined {
  return [...incidents].sort((a, b) => b.late.count - a.late.count)[0];
}

function droppedOffsets(drops: Findings['drops']): OffsetSet {
  const parts = Object.values(drops ?? {})
    .flatMap((topics) => Object.values(topics))
    .flatMap((partitions) => Object.entries(partitions))
    .flatMap(([partition, ranges]) => ranges.map(([first, last]) => ({ partition: Number(partition), first, last })));
  return toOffsetSet(parts);
}

function toBounds({ lowMs, highMs }: BoundedInstant): Bounds {
  return [lowMs, highMs];
}
