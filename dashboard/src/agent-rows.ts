import {
  type AgentAssessment,
  type Assessment,
  type ProducerAssessment,
  type ProducerState,
  producerCounts,
  producerName,
  producerStateWords,
} from '@tidemark/core';
import { formatCount, formatCounted } from './format.ts';
import { byName, firstOf, maxShown, type Shown } from './view.ts';

export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  readonly lost: boolean;
  readonly lastReportMs: number;
  /** `288,432 records read`; undefined: it consumes nothing, and that is as it should be. */
  readonly read: string | undefined;
  /** Those that it watches: what is held up first. */
  readonly producers: Shown<ProducerRow>;
  /** What was lost or left out, in words; empty for a healthy agent. */
  readonly problems: readonly string[];
}

export interface ProducerRow {
  readonly key: string;
  readonly name: string;
  /** `cut off from broker 2 for 32 s`. */
  readonly state: string;
  readonly isHeldUp: boolean;
  /** `12,431 records acknowledged, 1,203 wait`. */
  readonly counts: string;
}

type Agents = Pick<Assessment, 'agents' | 'producers' | 'tasks'>;

/** Those that are lost first, then those whose producers are held up, then those that lost something. */
export function agentRows({ agents, producers, tasks }: Agents): Shown<AgentRow> {
  const consuming = new Set(tasks.map(({ agentId }) => agentId));
  const watched = Map.groupBy(
    producers.filter(({ state }) => state !== 'closed'),
    ({ agentId }) => agentId,
  );
  const rows = agents.map((agent): AgentRow => {
    const { id, host, processId, client } = agent.identity;
    const { records } = agent.health;
    const own = watched.get(id) ?? [];
    return {
      id,
      name: `${host}, process ${processId}`,
      client,
      lost: agent.lost,
      lastReportMs: agent.lastReportMs,
      read:
        records === 0 && own.length > 0 && !consuming.has(id) ? undefined : `${formatCounted(records, 'record')} read`,
      producers: firstOf(own.toSorted(byState).map(producerRow), maxShown.producers),
      problems: problemsOf(agent),
    };
  });
  rows.sort((a, b) => weight(b) - weight(a) || byName(a.name, b.name) || a.id.localeCompare(b.id));
  return firstOf(rows, maxShown.agents);
}

function weight({ lost, producers, problems }: AgentRow): number {
  return (lost ? 4 : 0) + (producers.rows.some(({ isHeldUp }) => isHeldUp) ? 2 : 0) + (problems.length > 0 ? 1 : 0);
}

const order: { readonly [S in ProducerState]: number } = {
  cut: 0,
  refused: 1,
  unheard: 2,
  sending: 3,
  idle: 3,
  closed: 4,
};

/** An order that does not change whenever one has nothing to send for a moment. */
function byState(a: ProducerAssessment, b: ProducerAssessment): number {
  return order[a.state] - order[b.state] || byName(producerName(a), producerName(b)) || byName(a.id, b.id);
}

function producerRow(producer: ProducerAssessment): ProducerRow {
  return {
    key: producer.id,
    name: producerName(producer),
    state: producerStateWords(producer),
    isHeldUp: producer.heldUp !== undefined,
    counts: producerCounts(producer),
  };
}

function problemsOf({ health, missedReports }: AgentAssessment): string[] {
  const entries = (counts: { readonly [what: string]: number }): [string, number][] => Object.entries(counts);
  return [
    counted(health.queuedReports > 1 ? health.queuedReports : 0, 'report', 'waiting at the agent'),
    counted(health.droppedReports, 'report', 'dropped by the agent'),
    counted(missedReports, 'report', 'missed here'),
    counted(health.errors, 'error', 'inside the agent'),
    ...entries(health.unreadable).map(([reason, count]) =>
      counted(count, 'record', `without a readable event time (${reason})`),
    ),
    ...entries(health.overflow).map(([what, count]) =>
      count === 0 ? '' : `${formatCount(count)} beyond the bound of ${what}`,
    ),
  ].filter((problem) => problem !== '');
}

function counted(count: number, one: string, rest: string): string {
  return count === 0 ? '' : `${formatCounted(count, one)} ${rest}`;
}

/** What the collector itself did not keep, in words; empty as long as nothing went beyond its bounds. */
export function collectorProblems(assessment: Pick<Assessment, 'overflow'>): string[] {
  return Object.entries(assessment.overflow)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${formatCount(count)} ${what} beyond the collector's bound: counted, not kept`);
}
