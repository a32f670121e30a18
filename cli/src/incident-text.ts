import {
  type Fact,
  formatCount,
  formatDuration,
  formatUtc,
  type Incident,
  type IncidentStatus,
  incidentFacts,
  isConfirmed,
  lengthMs,
  middleMs,
  mostDropped,
  remedyLines,
  titleOf,
} from '@tidemark/core';
import { tableLines } from './table-lines.ts';

/** Incidents in a terminal: plain text, instants in UTC as in logs. `widthColumns`: undefined where nobody wraps lines. */
export interface Sheet {
  readonly widthColumns: number | undefined;
}

/** A shape besides the word: nobody has to read a column to see trouble. */
const marks: { readonly [S in IncidentStatus]: string } = { open: '✕', suspected: '!', closed: '✓', withdrawn: '–' };
const recentMs = 3_600_000;

/** What one asks for without `--all`: what goes on, and what happened within the last hour. Newest first. */
export function wanted(incidents: readonly Incident[], nowMs: number, all: boolean): Incident[] {
  const isRecent = (incident: Incident): boolean =>
    incident.status === 'open' ||
    incident.status === 'suspected' ||
    (isConfirmed(incident) && (incident.end?.highMs ?? incident.updatedAtMs) >= nowMs - recentMs);
  return incidents
    .filter((incident) => all || isRecent(incident))
    .sort((a, b) => b.start.highMs - a.start.highMs || a.id.localeCompare(b.id));
}

export function listText(incidents: readonly Incident[], sheet: Sheet): string {
  const head = ['STATUS', 'WHAT', 'GROUP', 'FROM (UTC)', 'LASTED', 'LATE', 'DROPPED', 'ID'];
  const rows = incidents.map((incident) => [
    statusText(incident),
    titleOf(incident),
    incident.group,
    formatUtc(middleMs(incident.start)).slice(0, 19),
    lasted(incident),
    formatCount(incident.late.count),
    incident.dropped.length === 0 ? 'no policy' : formatCount(mostDropped(incident)),
    incident.id,
  ]);
  const [first, ...lines] = tableLines(head, rows, ['LASTED', 'LATE', 'DROPPED']);
  const told = incidents.map((incident, index) => `${lines[index]}\n${wrapped(incident.sentence, sheet, 4)}\n`);
  return [first, ...told].join('\n');
}

/** One line for a log, when an incident turns up or turns into something else. */
export function turnText(incident: Incident): string {
  const at = incident.revisions.at(-1)?.atMs ?? incident.updatedAtMs;
  return `${formatUtc(at).slice(0, 19)} ${statusText(incident)}  ${incident.sentence} (${incident.id})`;
}

/** One incident with all that it rests on. `address`: of its page. */
export function incidentText(incident: Incident, address: string, sheet: Sheet): string {
  const facts = incidentFacts(incident);
  const width = Math.max(...facts.map((fact) => fact.name.length));
  const remedies = remedyLines(incident);
  return [
    `${titleOf(incident)}: ${statusText(incident)}`,
    wrapped(incident.sentence, sheet, 0),
    '',
    ...facts.map((fact) => factText(fact, width, sheet)),
    ...(remedies.length === 0 ? [] : ['', 'What would have saved them']),
    ...remedies.map((line) => wrapped(line, sheet, 2)),
    ...(incident.revisions.length === 0 ? [] : ['', 'What it was taken for']),
    ...incident.revisions.map((turn) => `  ${formatUtc(turn.atMs)}  ${turn.status}: ${turn.reason}`),
    '',
    `With its picture: ${address}`,
    '',
  ].join('\n');
}

function factText({ name, value, help }: Fact, width: number, sheet: Sheet): string {
  const text = value.map((part) => (typeof part === 'string' ? part : formatUtc(part.atMs))).join('');
  const indent = width + 2;
  const lines = wrapped(text, sheet, indent).trimStart();
  const helped = help === undefined ? '' : `\n${wrapped(`(${help})`, sheet, indent)}`;
  return `${name.padEnd(indent)}${lines}${helped}`;
}

function statusText({ status }: Incident): string {
  return `${marks[status]} ${status}`;
}

function lasted(incident: Incident): string {
  return incident.end === undefined ? 'goes on' : formatDuration(lengthMs(incident));
}

/** Breaks between words; a word that is too long stays whole, so that it can be copied. */
export function wrapped(text: string, { widthColumns }: Sheet, indent: number): string {
  const room = Math.max(20, (widthColumns ?? Number.POSITIVE_INFINITY) - indent);
  return text
    .split('\n')
    .flatMap((line) => linesOf(line, room))
    .map((line) => ' '.repeat(indent) + line)
    .join('\n');
}

function linesOf(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= room) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
