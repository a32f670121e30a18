import { setTimeout as sleep } from 'node:timers/promises';
import { faultLine, type IncidentsSettings, readIncidentsSettings } from '@tidemark/config';
import type { Incident } from '@tidemark/core';
import { answerOf, noCollector, Unanswered } from './ask-collector.ts';
import { incidentText, listText, turnText, wanted } from './incident-text.ts';

/** As of `diff` and `grep`: a script asks whether something is open by the exit code alone. */
const exitCodes = { calm: 0, open: 1, unknown: 2 } as const;
const askEveryMs = 1_000;

/** `tidemark incidents [ID]`: asks a collector what happened. */
export async function runIncidents(flags: readonly string[]): Promise<void> {
  const read = readIncidentsSettings(process.env, flags);
  if (!read.ok) {
    for (const fault of read.faults) complain(faultLine(fault));
    process.exitCode = exitCodes.unknown;
    return;
  }
  // Whoever reads only the first lines, as `head` does, has seen enough.
  process.stdout.on('error', () => process.exit());
  const { id, watch } = read.value;
  try {
    const ask = watch ? follow : id === undefined ? list : one;
    process.exitCode = await ask(read.value);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    complain(error.message);
    process.exitCode = exitCodes.unknown;
  }
}

async function list(settings: IncidentsSettings): Promise<number> {
  const incidents = wanted(await incidentsOf(settings), Date.now(), settings.all);
  if (settings.json) say(JSON.stringify(incidents, undefined, 2));
  else if (incidents.length > 0) say(listText(incidents, sheet()));
  else
    say(
      settings.all ? 'No incident.' : 'No incident is open, and none ended within the last hour (--all: earlier ones).',
    );
  return codeOf(incidents);
}

async function one(settings: IncidentsSettings): Promise<number> {
  const id = settings.id!;
  const incident = await answerOf<Incident>(
    settings.collectorUrl,
    `/api/incidents/${encodeURIComponent(id)}`,
    '"tidemark incidents --all" lists those that it keeps',
  );
  if (settings.json) say(JSON.stringify(incident, undefined, 2));
  else say(incidentText(incident, `${settings.collectorUrl}/#incident-${encodeURIComponent(id)}`, sheet()));
  return codeOf([incident]);
}

/** A line when an incident turns up, is confirmed, is over or is withdrawn. Ends when it is told to. */
async function follow(settings: IncidentsSettings): Promise<number> {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  let known: ReadonlyMap<string, Incident['status']> | undefined;
  let isAway = false;
  while (!ending.signal.aborted) {
    try {
      const incidents = await incidentsOf(settings);
      if (isAway) complain(`the collector at ${settings.collectorUrl} answers again`);
      isAway = false;
      const before = known;
      const news =
        before === undefined
          ? wanted(incidents, Date.now(), settings.all)
          : wanted(incidents, Date.now(), true).filter(({ id, status }) => before.get(id) !== status);
      for (const incident of news.toReversed()) say(settings.json ? JSON.stringify(incident) : turnText(incident));
      known = new Map(incidents.map(({ id, status }) => [id, status]));
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (!isAway) complain(`${error.message}; trying again`);
      isAway = true;
    }
    await sleep(askEveryMs, undefined, { signal: ending.signal }).catch(() => {});
  }
  return exitCodes.calm;
}

async function incidentsOf(settings: IncidentsSettings): Promise<readonly Incident[]> {
  const incidents = await answerOf<readonly Incident[]>(settings.collectorUrl, '/api/incidents');
  if (!Array.isArray(incidents)) throw new Unanswered(noCollector(settings.collectorUrl));
  return incidents;
}

function codeOf(incidents: readonly Incident[]): number {
  return incidents.some((incident) => incident.status === 'open') ? exitCodes.open : exitCodes.calm;
}

function sheet(): { readonly widthColumns: number | undefined } {
  return { widthColumns: process.stdout.isTTY ? process.stdout.columns : undefined };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`tidemark incidents: ${text}\n`);
}
