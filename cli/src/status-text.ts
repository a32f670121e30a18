import {
  type Assessment,
  driftWords,
  formatCount,
  formatCounted,
  formatDuration,
  formatUtc,
  heldBySentence,
  type KnownClock,
  leadWords,
  offsetWords,
  openFindings,
  producerCounts,
  producerName,
  producerStateWords,
  readingWords,
  sourceName,
  type TaskAssessment,
  trueTimeWords,
  type Within,
} from '@tidemark/core';
import { tableLines } from './table-lines.ts';

/** The rest of each kind is counted; `--all` lists it. */
const maxShown = 20;
const dayMs = 86_400_000;

/** How far everybody is, in a terminal: instants in UTC as in logs. Those that run ahead or are held up come first. */
export function statusText(assessment: Assessment, { all }: { readonly all: boolean }): string {
  const { agents, tasks, nowMs } = assessment;
  const max = all ? Number.POSITIVE_INFINITY : maxShown;
  const told = [findingLines, groupLines, taskLines, watermarkLines, clockLines, agentLines].map((lines) =>
    lines(assessment, max),
  );
  const head = `${formatUtc(nowMs).slice(0, 19)} UTC: ${formatCounted(agents.length, 'agent')}, ${formatCounted(tasks.length, 'task')}`;
  return `${[[head], ...told.filter((lines) => lines.length > 0)].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What is open of the clocks, what is wrong first. */
function findingLines({ findings, nowMs }: Assessment, max: number): string[] {
  const lines = openFindings(findings).map(
    ({ sentence, openedAtMs }) => `! ${sentence} Since ${timeText(openedAtMs, nowMs)}.`,
  );
  return [...lines.slice(0, max), ...moreLine(lines.length - max)];
}

function groupLines({ groups, nowMs }: Assessment, max: number): string[] {
  const rows = groups
    .toSorted((a, b) => (b.greatestLead?.leadMs ?? 0) - (a.greatestLead?.leadMs ?? 0) || byName(a.group, b.group))
    .map(({ group, tasks, lostTasks, greatestLead, heldBackBy, ...known }) => [
      group,
      lostTasks === 0 ? formatCount(tasks) : `${formatCount(tasks)}, ${formatCount(lostTasks)} lost`,
      trueTimeText(known, nowMs),
      greatestLead === undefined ? 'not known' : leadWords(greatestLead),
      heldBackBy === undefined ? 'nobody overdue' : `${sourceName(heldBackBy.source)}, in ${heldBackBy.task}`,
    ]);
  return table(['GROUP', 'TASKS', 'TRUE TIME T', 'GREATEST LEAD S − T', 'HELD BACK BY'], rows, max);
}

function taskLines({ tasks, agents, nowMs }: Assessment, max: number): string[] {
  const lost = new Set(agents.filter((agent) => agent.lost).map(({ identity }) => identity.id));
  const rows = tasks
    .toSorted((a, b) => (b.leadMs ?? 0) - (a.leadMs ?? 0) || byName(a.id, b.id))
    .map((task) => [
      task.id,
      task.streamTimeMs === undefined ? 'not known' : timeText(task.streamTimeMs, nowMs),
      trueTimeText(task, nowMs),
      leadWords(task),
      formatCount(task.records),
      formatCount(task.late),
      task.policies.length === 0 ? 'no policy' : formatCount(Math.max(0, ...task.dropped.map(({ count }) => count))),
      lost.has(task.agentId) ? `its agent is lost since ${timeText(task.reportedMs, nowMs)}` : heldBackText(task),
    ]);
  const head = ['TASK', 'STREAM TIME S', 'TRUE TIME T', 'LEAD S − T', 'RECORDS', 'LATE', 'DROPPED', 'HELD BACK BY'];
  return table(head, rows, max);
}

function heldBackText({ heldBackBy }: TaskAssessment): string {
  return heldBackBy === undefined ? 'nobody overdue' : sourceName(heldBackBy);
}

function watermarkLines({ topology, nowMs }: Assessment, max: number): string[] {
  const rows = topology.nodes
    .toSorted((a, b) => (a.watermarkMs ?? 0) - (b.watermarkMs ?? 0) || byName(a.id, b.id))
    .map(({ id, watermarkMs, heldBy }) => [
      id,
      watermarkMs === undefined ? 'not known' : timeText(watermarkMs, nowMs),
      watermarkMs === undefined ? '' : formatDuration(Math.max(0, nowMs - watermarkMs)),
      heldBy === undefined ? '' : heldBySentence(heldBy),
    ]);
  return table(['WATERMARK W OF', 'STANDS AT', 'BEHIND NOW', 'LOWEST INPUT'], rows, max);
}

/** The worst first, as far as it is proved: how far each clock is off, and what says so. */
function clockLines({ clocks }: Assessment, max: number): string[] {
  const weight = ({ isSuspect, grade, readings }: KnownClock): number =>
    (isSuspect || readings?.setAside ? 8 : 0) +
    (grade.grace?.within === 'no' ? 4 : 0) +
    (grade.oneMs === 'no' ? 2 : grade.oneMs === 'unknown' && readings !== undefined ? 1 : 0);
  const rows = clocks
    .toSorted((a, b) => weight(b) - weight(a) || byName(a.name, b.name))
    .map((clock) => [
      clock.name,
      clock.role,
      offsetWords(clock),
      withinText[clock.grade.oneMs],
      clock.drift === undefined ? 'not known' : driftWords(clock.drift),
      readText(clock),
    ]);
  return table(['CLOCK', 'OF A', 'AHEAD OF TRUE TIME BY', 'WITHIN 1 MS', 'DRIFT', 'READ'], rows, max);
}

const withinText: { readonly [W in Within]: string } = { yes: 'yes', no: 'no', unknown: 'perhaps' };

function readText({ isSuspect, readings }: KnownClock): string {
  if (isSuspect || readings?.setAside) return 'set aside: its readings contradict each other or the others';
  return readings === undefined ? 'read by no agent' : readingWords(readings);
}

/** With what each watches, beside what it reads. */
function agentLines({ agents, producers, nowMs }: Assessment, max: number): string[] {
  const watchedBy = (id: string) => producers.filter(({ agentId, state }) => agentId === id && state !== 'closed');
  const isHeldUp = (id: string): boolean => watchedBy(id).some(({ heldUp }) => heldUp !== undefined);
  const weight = ({ lost, identity }: Assessment['agents'][number]): number =>
    lost ? 2 : isHeldUp(identity.id) ? 1 : 0;
  const sorted = agents.toSorted((a, b) => weight(b) - weight(a) || byName(a.identity.host, b.identity.host));
  const rows = sorted.map((agent) => [
    `${weight(agent) > 0 ? '✕' : '✓'} ${agent.identity.host}, process ${agent.identity.processId}`,
    agent.identity.client,
    // One that watches producers only has read nothing, and that is as it should be.
    agent.health.records === 0 && watchedBy(agent.identity.id).length > 0 ? '–' : formatCount(agent.health.records),
    timeText(agent.lastReportMs, nowMs) + (agent.lost ? ', lost' : ''),
  ]);
  const [head, ...lines] = tableLines(['AGENT', 'CLIENT', 'RECORDS READ', 'LAST REPORT (UTC)'], rows, ['RECORDS READ']);
  const told = lines.slice(0, max).map((line, index) => {
    const own = watchedBy(sorted[index]!.identity.id);
    return [line, ...own.map((it) => `    ${producerName(it)}: ${producerStateWords(it)}; ${producerCounts(it)}`)].join(
      '\n',
    );
  });
  return agents.length === 0 ? ['No agent yet.'] : [head!, ...told, ...moreLine(lines.length - max)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[], max: number): string[] {
  if (rows.length === 0) return [];
  const numbers = ['TASKS', 'RECORDS', 'LATE', 'DROPPED', 'BEHIND NOW'];
  return [...tableLines(head, rows.slice(0, max), numbers), ...moreLine(rows.length - max)];
}

function moreLine(more: number): string[] {
  return more > 0 ? [`and ${formatCount(more)} more (--all)`] : [];
}

function trueTimeText(known: Parameters<typeof trueTimeWords>[0], nowMs: number): string {
  const words = trueTimeWords(known);
  return words === undefined ? 'not known' : `${timeText(words.atMs, nowMs)} ${words.how}`.trimEnd();
}

/** The time of the day; with the date where it is not of about now. */
function timeText(atMs: number, nowMs: number): string {
  const text = formatUtc(atMs);
  return Math.abs(nowMs - atMs) < dayMs / 2 ? text.slice(11, 19) : text.slice(0, 19);
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
