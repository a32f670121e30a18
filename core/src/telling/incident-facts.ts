import type { Suspicion } from '../assess/suspicion.ts';
import { type Incident, isConfirmed } from '../incidents/incident.ts';
import type { BoundedInstant } from '../interval.ts';
import { culpritFact, evidenceFacts, type Fact, type FactPart } from './evidence-facts.ts';
import { formatCount, formatDuration, formatPartition, formatRanges, wholeSeconds } from './format.ts';
import { wordsOf } from './incident-words.ts';
import { proofFacts } from './proof-facts.ts';

const maxRangesShown = 8;

/** All that an incident rests on, in the order in which one asks: when, what it cost, who, why, where. */
export function incidentFacts(incident: Incident): Fact[] {
  const facts: Fact[] = [
    { name: isConfirmed(incident) ? wordsOf(incident).from : 'Silent from', value: bounds(incident.start) },
    { name: 'Until', value: incident.end === undefined ? ['it still lasts'] : bounds(incident.end) },
    {
      name: 'Late records',
      value: [`${formatCount(incident.late.count)}, at most ${formatDuration(incident.late.maxMs)} late`],
    },
  ];
  for (const drops of incident.dropped) facts.push(...dropFacts(drops));
  if (incident.culprit !== undefined) {
    facts.push({
      name: 'Culprit record',
      value: culpritFact(incident.culprit),
      help: 'The record whose event time closed the first lost window.',
    });
  }
  facts.push(...evidenceFacts(incident));
  if (incident.proof !== undefined) facts.push(...proofFacts(incident.proof));
  if (incident.suspicion !== undefined && incident.proof === undefined)
    facts.push(...suspicionFacts(incident.suspicion));
  facts.push({
    name: 'Consumer',
    value: [`group ${incident.group}, ${incident.tasks.length === 1 ? 'task' : 'tasks'} ${listed(incident.tasks)}`],
  });
  facts.push({ name: 'Partitions', value: [listed(incident.partitions.map(formatPartition))] });
  facts.push({ name: 'Noticed', value: [{ atMs: incident.detectedAtMs }, `; this is revision ${incident.revision}`] });
  return facts;
}

function suspicionFacts({ longestGapMs, usualNowMs, chanceOfHabit, earlier, likelihood }: Suspicion): Fact[] {
  const { idle, cut } = earlier;
  return [
    {
      name: 'In its rhythm',
      value: [`a silence so long is ${percent(chanceOfHabit)} likely; its longest was ${formatDuration(longestGapMs)}`],
    },
    ...(usualNowMs === undefined
      ? []
      : [{ name: 'At this time of day', value: [`usually silent for up to ${formatDuration(usualNowMs)}`] }]),
    {
      name: 'Such silences before',
      value: [idle + cut === 0 ? 'none yet' : `${idle} with nothing held up, ${cut} that were cuts`],
    },
    {
      name: 'A cut',
      value: [`${percent(likelihood)} likely`],
      help: 'Idle and cut off look alike until it returns.',
    },
  ];
}

function percent(share: number): string {
  return share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

function bounds(at: BoundedInstant): FactPart[] {
  const width = at.highMs - at.lowMs;
  const basis = at.basis === 'proved' ? 'proved' : `assumed: ${at.assumption ?? 'from the habit of this source'}`;
  if (width === 0) return [{ atMs: at.lowMs }, ` (${basis})`];
  return [{ atMs: at.lowMs }, ' to ', { atMs: at.highMs }, `, ${formatDuration(width)} wide (${basis})`];
}

function dropFacts(drops: Incident['dropped'][number]): Fact[] {
  const offsets = drops.offsets.map((it) => `${formatPartition(it)}: ${formatRanges(it.ranges, maxRangesShown)}`);
  const shown = offsets.slice(0, maxRangesShown);
  if (offsets.length > shown.length) shown.push(`and ${formatCount(offsets.length - shown.length)} more partitions`);
  if (drops.overflow > 0) shown.push(`and ${formatCount(drops.overflow)} records beyond what an agent lists`);
  return [
    {
      name: 'Dropped',
      value: [`${formatCount(drops.count)} by policy ${drops.policy} (grace ${formatDuration(drops.graceMs)})`],
    },
    { name: 'Dropped offsets', value: [shown.join('\n') || 'none'] },
    { name: 'First lost window ended', value: [{ atMs: drops.firstWindowEndMs }] },
    {
      name: 'Grace that keeps all',
      value: [
        `${formatDuration(wholeSeconds(drops.graceNeededMs))} (to the millisecond: ${formatCount(Math.ceil(drops.graceNeededMs))} ms)`,
      ],
      help: 'With this grace the policy would have dropped none of these records.',
    },
  ];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxRangesShown).join(', ');
  return names.length > maxRangesShown ? `${shown} and ${formatCount(names.length - maxRangesShown)} more` : shown;
}
